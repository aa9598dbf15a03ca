using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// Sizes known only at run time (how many elements are not zero) are named in the types of the values that bring them, so
/// that what the model says of them can be read back.
/// </summary>
internal static class FreshSizes
{
    public static void Write(Graph graph, EmitScope scope, GraphProto proto)
    {
        HashSet<string> known = [.. graph.Inputs.SelectMany(static v => Symbols(v.Type))];
        foreach (Value value in graph.PostOrder().SelectMany(static op => op.Outputs))
        {
            string[] brought = [.. Bare(value.Type).Where(known.Add)];
            if (brought.Length > 0 && TypeWriter.IsKnown(value.Type) && value.Producer is not Ir.Ops.Input && !graph.Roots.Contains(value))
            {
                proto.ValueInfo.Add(TypeWriter.ValueInfo(scope.NameOf(value), value.Type));
            }
        }
    }

    private static IEnumerable<string> Bare(IrType type) => type is TensorType { Shape: { } shape } ? shape.OfType<SymDim>().Select(static s => s.Name) : [];

    private static IEnumerable<string> Symbols(IrType type) => type is TensorType { Shape: { } shape } ? shape.Symbols : [];
}
