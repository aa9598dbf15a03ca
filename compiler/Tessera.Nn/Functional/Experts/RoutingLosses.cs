using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <content>Losses that keep experts in use, over the tokens of one example, in f32.</content>
public static partial class Functional
{
    /// <summary>
    /// Importance (V-MoE, arXiv 2106.05974, appendix A): the squared coefficient of variation of what experts get,
    /// <c>(std(Imp) ÷ mean(Imp))²</c>, <c>Imp[e] = Σ_t gates[t, e]</c>.
    /// </summary>
    /// <param name="gates">Softmax of the logits, <c>[n, E]</c>.</param>
    public static Tensor ImportanceLoss(Tensor gates) => Variation(Sum(gates.To(DType.F32), axes: 0));

    /// <summary>
    /// Load (the same, appendix A): the squared coefficient of variation of how likely experts are to be selected were the noise
    /// drawn again, <c>p[t, e] = 1 − Φ((threshold[t] − logits[t, e]) ÷ σ)</c>, the threshold the k-th largest of the noisy logits.
    /// </summary>
    /// <param name="logits">Before noise, <c>[n, E]</c>.</param>
    /// <param name="noisy">With it.</param>
    /// <param name="k">Experts of a token.</param>
    /// <param name="deviation">σ of the noise.</param>
    public static Tensor LoadLoss(Tensor logits, Tensor noisy, int k, double deviation)
    {
        Tensor best = noisy.To(DType.F32).Tracer.EmitAll(_ => new TopK(noisy.To(DType.F32).Value) { K = k })[0];
        Tensor distance = (best.Slice(-1, k - 1, k) - logits.To(DType.F32)) / (deviation * Math.Sqrt(2));
        Tensor likely = 0.5 * (1 - distance.Emit(_ => new Erf(distance.Value)));
        return Variation(Mean(likely, axes: 0));
    }

    /// <summary>
    /// The balance loss of GShard (arXiv 2006.16668, algorithm 1; also Switch's, arXiv 2101.03961): <c>E · Σ_e f[e] · m[e]</c>,
    /// m the mean gate of an expert and f the share of tokens whose first choice it is.
    /// </summary>
    /// <param name="gates">Softmax of the logits, <c>[n, E]</c>.</param>
    public static Tensor BalanceLoss(Tensor gates)
    {
        Tensor g = gates.To(DType.F32);
        Dim experts = g.Shape[1];
        Tensor first = g.Emit(_ => new ArgMax(g.Value) { Axis = 1, KeepDims = true });
        Tensor isFirst = first.Emit(_ => new Equal(first.Value, Arange(g, experts).Value)).To(DType.F32);
        return Mean(Mean(isFirst, axes: 0) * Mean(g, axes: 0), axes: 0) * Size(g, experts * experts).To(DType.F32);
    }

    /// <summary>The z-loss of ST-MoE (arXiv 2202.08906): the mean over tokens of <c>(log Σ_e exp logits[t, e])²</c>.</summary>
    /// <param name="logits"><c>[n, E]</c>.</param>
    public static Tensor ZLoss(Tensor logits)
    {
        Tensor wide = logits.To(DType.F32);
        Tensor sums = wide.Emit(_ => new ReduceLogSumExp(wide.Value) { Axes = [1], KeepDims = false });
        return Mean(sums * sums, axes: 0);
    }

    // (std ÷ mean)² along the last axis.
    private static Tensor Variation(Tensor x)
    {
        Tensor mean = Mean(x, keepDims: true, axes: -1);
        Tensor distance = (x / mean) - 1;
        return Mean(distance * distance, axes: -1);
    }
}
