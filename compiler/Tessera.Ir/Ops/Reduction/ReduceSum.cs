using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Sum along axes; 0 of nothing. Integers wrap around.</summary>
[Op("reduce_sum")]
public sealed partial record ReduceSum(Value X) : ReduceOp(X)
{
    internal override RaggedReduction? Ragged => new(SegmentReduction.Sum);

    protected override double Fold(double[] values) => values.Sum();

    protected override long Fold(DType dtype, long[] values) => values.Aggregate(0L, static (a, b) => unchecked(a + b));

    internal static OnnxMapping Onnx { get; } = ReduceSamples.Onnx("ReduceSum", 13);

    internal static IEnumerable<OpSample> Samples() => [.. ReduceSamples.Floats(static (g, x, axes, keep) => g.ReduceSum(x, axes, keep)), .. ReduceSamples.Integers(static (g, x, axes, keep) => g.ReduceSum(x, axes, keep))];
}
