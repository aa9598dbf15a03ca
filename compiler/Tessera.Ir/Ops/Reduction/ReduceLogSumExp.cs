using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>log Σ e^x along axes, the maximum taken out first; −∞ of nothing and of −∞ throughout.</summary>
[Op("reduce_log_sum_exp")]
public sealed partial record ReduceLogSumExp(Value X) : ReduceOp(X)
{
    internal override RaggedReduction? Ragged => new(SegmentReduction.Logsumexp);

    protected override bool Accepts(DType dtype) => dtype.IsFloat();

    protected override double Fold(double[] values) => Stable(values);

    internal static double Stable(double[] values)
    {
        double max = values.Aggregate(double.NegativeInfinity, Math.Max);
        return double.IsFinite(max) ? max + Math.Log(values.Sum(v => Math.Exp(v - max))) : max;
    }

    internal static OnnxMapping Onnx { get; } = ReduceSamples.Onnx("ReduceLogSumExp", 18);

    internal static IEnumerable<OpSample> Samples() => ReduceSamples.Floats(static (g, x, axes, keep) => g.ReduceLogSumExp(x, axes, keep), -30, 30);
}
