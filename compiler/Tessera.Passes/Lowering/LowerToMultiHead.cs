using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes.Fusion;

namespace Tessera.Passes.Lowering;

/// <summary>
/// Attention(q, k, v)  →  com.microsoft.MultiHeadAttention, for the target <c>ort</c>: as many key heads as query heads, no
/// softcap. Lengths become its key mask (an example without keys gives 0 as before), all else that hides keys or is added its
/// bias. Measured on the CPU, the kernel does not make up for exchanging heads and tokens, and with a bias it is no faster than
/// the standard op.
/// </summary>
public sealed class LowerToMultiHead : RewriteRule<Attention>
{
    /// <summary>What will run the graph.</summary>
    public Provider Provider { get; init; }

    /// <summary>Release of ONNX Runtime.</summary>
    public Version Release { get; init; } = new(1, 31);

    /// <summary>Whether the graph is written at an opset that has an attention op of its own, which then takes what has a bias.</summary>
    public bool HasStandard { get; init; }

    // One that gives out logits has two results, and is not asked about here.
    public override Value? Apply(Attention op, RewriteContext context)
    {
        int rank = op.Q.Rank;
        bool square = context.Equal(op.Q.Shape[rank - 3], op.K.Shape[rank - 3]);
        string? reason = RuntimeKernels.Refusal("MultiHeadAttention", op.Q.DType, Provider, Release)
            ?? (!op.Q.Shape[rank - 2].Equals(op.K.Shape[rank - 2]) ? $"{op.Q.Shape[rank - 2]} query heads share {op.K.Shape[rank - 2]} key heads"
            : op.Bias is not null ? "it has a relative bias"
            : StandardAttention.TakesApart(op) ? "heads stand in front of tokens"
            : HasStandard && NeedsBias(op, square) ? "it has a mask, which the standard op takes as fast"
            : op.Softcap.Value != 0 ? "it has a softcap"
            : op.Scale.Value < 0 ? $"its scale {op.Scale} is negative"
            : op.Hiding == Hiding.Filled && op.HidesKeys ? $"logits of hidden keys become {op.Fill}, which a bias says of numbers only"
            : null);
        return reason is null ? Lower(op, IsPlainCausal(op, square), (op.Hiding == Hiding.LeftOut || op.Safe) && MayHideAll(op, square), context.Builder) : context.Reject(op, reason);
    }

    private static bool NeedsBias(Attention op, bool square) => op.Mask is not null || (op.HidesKeys && !IsPlainCausal(op, square));

    private static bool MayHideAll(Attention op, bool square) =>
        op.Visible is not null || (op.Mask is not null && !MaskProof.IsFinite(op.Mask)) || ((op.WindowLeft >= 0 || op.WindowRight >= 0) && !square);

    // The kernel aligns the last query with the last key, and adds a number of its own.
    private static bool IsPlainCausal(Attention op, bool square) => op.Causal && square && op.Visible is null && double.IsNegativeInfinity(op.Fill)
        && op.WindowLeft < 0 && (op.Mask is null || MaskProof.IsFinite(op.Mask));

    private static Value Lower(Attention op, bool causal, bool givesZero, GraphBuilder g)
    {
        Shape result = op.Outputs[0].Shape;
        int rank = op.Q.Rank;
        Value q = op.QNorm is null ? op.Q : g.RmsNorm(op.Q, op.QNorm, op.NormEpsilon);
        Value k = op.KNorm is null ? op.K : g.RmsNorm(op.K, op.KNorm, op.NormEpsilon);
        Attention batched = op with { Q = Batched(g, q), K = Batched(g, k), V = Batched(g, op.V), KLengths = null };
        Value? bias = AttentionMask.Of(g, batched, causal: !causal);
        Value merged = g.MultiHeadAttention(
            Merge(g, q), Merge(g, k), Merge(g, op.V),
            result[rank - 2].ConstValue!.Value,
            op.EffectiveScale(op.Q.Shape[rank - 1]),
            op.KLengths is null ? null : InKeys(g, op.KLengths, op.K.Shape[1]),
            bias is null ? null : OfAllPairs(g, batched, bias),
            causal,
            op.Hiding == Hiding.LeftOut && (op.HidesKeys || givesZero) ? Hiding.LeftOut : Hiding.Added);
        Value heads = g.Reshape(merged, result);
        heads = givesZero && bias is not null ? ZeroWhereHidden(g, heads, bias) : heads;
        return op.KLengths is null ? heads : ZeroWhereEmpty(g, heads, op.KLengths);
    }

    // Lengths past the keys hide none, and need not fit i32.
    private static Value InKeys(GraphBuilder g, Value lengths, Dim keys) =>
        g.Cast(g.Max(g.Min(lengths, g.DimValue(keys)), g.Int(DType.I64, 1)), DType.I32);

    private static Value ZeroWhereHidden(GraphBuilder g, Value heads, Value bias)
    {
        Value any = g.Transpose(AttentionMask.Any(g, bias), [0, 2, 1, 3]);
        return g.Where(heads.Rank == 4 ? any : g.Reshape(any, [.. any.Shape.Skip(1)]), heads, g.Float(heads.DType, 0));
    }

    private static Value ZeroWhereEmpty(GraphBuilder g, Value heads, Value lengths)
    {
        Value any = g.Greater(g.Reshape(lengths, [lengths.Shape[0], 1, 1, 1]), g.Int(DType.I64, 0));
        return g.Where(any, heads, g.Float(heads.DType, 0));
    }

    // The kernel broadcasts a bias over examples and heads, not over queries or keys.
    private static Value OfAllPairs(GraphBuilder g, Attention op, Value bias)
    {
        Shape pairs = [bias.Shape[0], bias.Shape[1], op.Q.Shape[1], op.K.Shape[1]];
        return bias.Shape.Equals(pairs) ? bias : g.Expand(bias, pairs);
    }

    private static Value Batched(GraphBuilder g, Value x) => x.Rank == 4 ? x : g.Reshape(x, [1, .. x.Shape]);

    private static Value Merge(GraphBuilder g, Value x)
    {
        int rank = x.Rank;
        return g.Reshape(x, [rank == 4 ? x.Shape[0] : 1, x.Shape[rank - 3], x.Shape[rank - 2] * x.Shape[rank - 1]]);
    }
}
