using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>What a model says at its interface besides names and inferred types.</summary>
internal static class Interface
{
    /// <summary>Values of inputs that may be left out, as initializers of their names.</summary>
    public static IEnumerable<PendingWeight> WriteDefaults(Graph graph, GraphProto proto)
    {
        List<PendingWeight> written = [];
        foreach (Value input in graph.Inputs)
        {
            // An input that a pass gave another type, by a batch axis, has no default any more.
            string name = ((Input)input.Producer).Name;
            if (graph.Defaults.TryGetValue(name, out WeightSource? source) && input.Type is TensorType { Shape: { } shape } type
                && type.DType == source.DType && shape.TryGetStatic(out long[] dims) && dims.AsSpan().SequenceEqual([.. source.Dims]))
            {
                TensorProto tensor = TensorWriter.Head(source.DType, source.Dims);
                tensor.Name = name;
                proto.Initializer.Add(tensor);
                written.Add(new PendingWeight(tensor, source));
            }
        }

        return written;
    }

    /// <summary>The type of an output: sizes that inference does not know under the name that the model gave them.</summary>
    public static IrType TypeOf(Graph graph, GraphOutput output) =>
        output.Value.Type is TensorType { Shape: { } shape } type && graph.Statements.Outputs.TryGetValue(output.Name, out IrType? stated)
            && stated is TensorType { Shape: { } claimed } && claimed.Rank == shape.Rank
            ? type with { Shape = [.. shape.Select((d, axis) => IsFree(graph, d) && claimed[axis].IsSymbol(out string name) && name != TypeReader.Unnamed(output.Name, axis) ? claimed[axis] : d)] }
            : output.Value.Type;

    // A size of which nothing is known but that a run tells it. One of which the model states facts is found again by its name.
    private static bool IsFree(Graph graph, Dim dim) =>
        dim.IsSymbol(out string symbol) && graph.Builder.IsDataDependent(dim) && !graph.Constraints.Any(c => c.Symbols.Contains(symbol));
}
