using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Norms and logarithms of sums over integers: computed in f64, the fraction cut off, as ONNX's own bodies of these operators do.</summary>
internal static class IntegerReductionTranslations
{
    private static readonly string[] s_operators = ["ReduceL2", "ReduceLogSum", "ReduceLogSumExp"];

    public static IEnumerable<Translation> All => s_operators.Select(static op => new Translation(op, InReals));

    private static IReadOnlyList<Value?>? InReals(NodeView node)
    {
        if (node[0]?.Type is not TensorType { DType: DType.I32 or DType.I64 or DType.U32 or DType.U64 } type)
        {
            return null;
        }

        // No name of a model holds NUL.
        (string real, string folded) = ($"\0{node.Proto.Output[0]}/real", $"\0{node.Proto.Output[0]}/folded");
        node.ReadAs(Cast(node, node.Proto.Input[0], real, DType.F64), node.Version);
        NodeProto reduction = node.Proto.Clone();
        (reduction.Input[0], reduction.Output[0]) = (real, folded);
        node.ReadAs(reduction, node.Version);
        return node.ReadAs(Cast(node, folded, node.Proto.Output[0], type.DType), node.Version);
    }

    private static NodeProto Cast(NodeView node, string from, string to, DType dtype) =>
        new() { Name = node.Proto.Name.Length > 0 ? node.Proto.Name : node.Proto.Output[0], OpType = "Cast", Input = { from }, Output = { to }, Attribute = { AttributeWriter.Write("to", dtype) } };
}
