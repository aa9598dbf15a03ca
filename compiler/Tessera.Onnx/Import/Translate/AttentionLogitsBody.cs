using Tessera.Ir;

namespace Tessera.Onnx;

/// <summary>Attention by matrix products and a softmax, for nodes that give out their logits.</summary>
internal static class AttentionLogitsBody
{
    /// <summary>The result <c>[B, H, n, E]</c> and the logits <c>[B, H, n, m]</c> of the stage that <c>qk_matmul_output_mode</c> names.</summary>
    public static (Value Result, Value Logits) Build(NodeView node, AttentionHeads heads, AttentionBias bias)
    {
        GraphBuilder g = node.Builder;
        DType dtype = heads.Q.DType;
        double scale = node.Float("scale", 1 / Math.Sqrt(heads.Q.Shape[3].ConstValue!.Value));
        Value product = g.Mul(g.MatMul(heads.Q, g.Transpose(Repeated(g, heads.K, heads.Q), [0, 1, 3, 2])), g.Float(dtype, scale));
        Value capped = node.Float("softcap", 0) is > 0 and var softcap
            ? g.Mul(g.Tanh(g.Div(product, g.Float(dtype, softcap))), g.Float(dtype, softcap))
            : product;
        Value? hidden = bias.Whole();
        Value biased = hidden is null ? capped : g.Add(capped, hidden);
        Value weights = g.Softmax(biased);
        if (hidden is not null)
        {
            Value all = g.Equal(g.ReduceMax(hidden, [-1], keepDims: true), g.Float(dtype, double.NegativeInfinity));
            weights = g.Where(all, g.Float(dtype, 0), weights);
        }

        Value stage = node.Int("qk_matmul_output_mode", 0) switch { 0 => product, 1 => capped, 2 => biased, _ => weights };
        return (g.MatMul(weights, Repeated(g, heads.V, heads.Q)), stage);
    }

    // [B, G, m, D] → [B, H, m, D], each key head for its H / G query heads.
    internal static Value Repeated(GraphBuilder g, Value x, Value q)
    {
        Dim groups = Dim.FloorDiv(q.Shape[1], x.Shape[1]);
        if (groups.ConstValue == 1)
        {
            return x;
        }

        Shape s = x.Shape;
        Value spread = g.Expand(g.Reshape(x, [s[0], s[1], 1, s[2], s[3]]), [s[0], s[1], groups, s[2], s[3]]);
        return g.Reshape(spread, [s[0], s[1] * groups, s[2], s[3]]);
    }
}
