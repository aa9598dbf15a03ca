using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Lowering;

/// <summary>
/// Attention(q, k, v)  →  com.microsoft.MultiHeadAttention, for the target <c>ort</c> in f32: as many key heads as query
/// heads, no window, no softcap. Lengths become its key mask; an example without keys gives 0 as before.
/// </summary>
public sealed class LowerToMultiHead : RewriteRule<Attention>
{
    public override Value? Apply(Attention op, RewriteContext context)
    {
        int rank = op.Q.Rank;
        string? reason = op.Q.DType != DType.F32 ? $"ONNX Runtime's CPU kernel takes f32; q is {op.Q.Type}"
            : !op.Q.Shape[rank - 2].Equals(op.K.Shape[rank - 2]) ? $"{op.Q.Shape[rank - 2]} query heads share {op.K.Shape[rank - 2]} key heads"
            : op.WindowLeft >= 0 || op.WindowRight >= 0 ? "it has a window"
            : op.Softcap.Value != 0 ? "it has a softcap"
            : op.Scale.Value < 0 ? $"its scale {op.Scale} is negative"
            : op.Causal && !context.Equal(op.Q.Shape[rank - 3], op.K.Shape[rank - 3]) ? $"it is causal over {op.Q.Shape[rank - 3]} queries and {op.K.Shape[rank - 3]} keys"
            : op.Mask is not null || op.Bias is not null ? "it has a mask or a bias"
            : null;
        return reason is null ? Lower(op, context.Builder) : context.Reject(op, reason);
    }

    private static Value Lower(Attention op, GraphBuilder g)
    {
        Shape result = op.Outputs[0].Shape;
        int rank = op.Q.Rank;
        Value q = op.QNorm is null ? op.Q : g.RmsNorm(op.Q, op.QNorm, op.NormEpsilon);
        Value k = op.KNorm is null ? op.K : g.RmsNorm(op.K, op.KNorm, op.NormEpsilon);
        Value merged = g.MultiHeadAttention(
            Merge(g, q), Merge(g, k), Merge(g, op.V),
            result[rank - 2].ConstValue!.Value,
            op.EffectiveScale(op.Q.Shape[rank - 1].ConstValue!.Value),
            op.KLengths is null ? null : InKeys(g, op.KLengths, op.K.Shape[1]),
            causal: op.Causal);
        Value heads = g.Reshape(merged, result);
        return op.KLengths is null ? heads : ZeroWhereEmpty(g, heads, op.KLengths);
    }

    // Lengths past the keys hide none, and need not fit i32.
    private static Value InKeys(GraphBuilder g, Value lengths, Dim keys) =>
        g.Cast(g.Max(g.Min(lengths, g.DimValue(keys)), g.Int(DType.I64, 1)), DType.I32);

    private static Value ZeroWhereEmpty(GraphBuilder g, Value heads, Value lengths)
    {
        Value any = g.Greater(g.Reshape(lengths, [lengths.Shape[0], 1, 1, 1]), g.Int(DType.I64, 0));
        return g.Where(any, heads, g.Float(heads.DType, 0));
    }

    private static Value Merge(GraphBuilder g, Value x)
    {
        int rank = x.Rank;
        return g.Reshape(x, [rank == 4 ? x.Shape[0] : 1, x.Shape[rank - 3], x.Shape[rank - 2] * x.Shape[rank - 1]]);
    }
}
