using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>
/// FlexAttention of <c>ai.onnx.preview</c>: attention whose logits and weights go through graphs of the node,
/// <c>q[B, H, n, D], k[B, G, m, D], v[B, G, m, E] → [B, H, n, E]</c>.
/// </summary>
internal static class FlexAttentionTranslations
{
    public static IEnumerable<Translation> All => [new("FlexAttention", Read) { Domain = "ai.onnx.preview" }];

    private static IReadOnlyList<Value?>? Read(NodeView node)
    {
        (Value q, Value k, Value v) = (node.Operand(0), node.Operand(1), node.Operand(2));
        if (node.RankOf(0) != 4 || node.RankOf(1) != 4 || node.RankOf(2) != 4 || q.Shape[3].ConstValue is not { } size
            || q.Shape[1].ConstValue is not > 0 || k.Shape[1].ConstValue is not > 0)
        {
            return null;
        }

        GraphBuilder g = node.Builder;
        DType precision = (DType)node.Int("softmax_precision", (long)(q.DType == DType.F64 ? DType.F64 : DType.F32));
        double scale = node.Float("scale", 1 / Math.Sqrt(size));
        Value product = g.MatMul(q, g.Transpose(AttentionLogitsBody.Repeated(g, k, q), [0, 1, 3, 2]));
        Value logits = Changed(node, "score_mod", To(node, g.Mul(product, g.Float(q.DType, scale)), precision));
        Value weights = Changed(node, "prob_mod", g.Softmax(logits));
        Value values = To(node, AttentionLogitsBody.Repeated(g, v, q), weights.DType);
        return [To(node, g.MatMul(weights, values), v.DType)];
    }

    // Through the graph of an attribute, in the element type that its input states.
    private static Value Changed(NodeView node, string attribute, Value x)
    {
        if (node.Attribute(attribute)?.G is not { } graph)
        {
            return x;
        }

        DType stated = graph.Input is [var input] && TypeReader.Read(input.Type, input.Name) is TensorType { DType: not DType.Undefined and var dtype } ? dtype : x.DType;
        return To(node, node.Inline(graph, To(node, x, stated))[0], x.DType);
    }

    private static Value To(NodeView node, Value x, DType dtype) => x.DType == dtype ? x : node.Emit(new Cast(x) { To = dtype });
}
