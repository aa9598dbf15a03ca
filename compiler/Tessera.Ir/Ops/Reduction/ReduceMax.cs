using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The greatest element along axes; NaN where one is; −∞, or the least integer, of nothing.</summary>
[Op("reduce_max")]
public sealed partial record ReduceMax(Value X) : ReduceOp(X)
{
    internal override RaggedReduction? Ragged => new(SegmentReduction.Max);

    protected override bool Accepts(DType dtype) => dtype.IsFloat() || dtype.IsInteger();

    protected override double Fold(double[] values) => values.Aggregate(double.NegativeInfinity, Math.Max);

    protected override long Fold(DType dtype, long[] values) => Greatest(dtype, values);

    internal static long Greatest(DType dtype, IEnumerable<long> values) => IntegerRange.Order(
        dtype,
        values.Select(v => IntegerRange.Order(dtype, v)).Append(IntegerRange.Order(dtype, IntegerRange.Least(dtype))).Max());

    internal static OnnxMapping Onnx { get; } = ReduceSamples.Onnx("ReduceMax", 18);

    internal static IEnumerable<OpSample> Samples() => [.. ReduceSamples.Floats(static (g, x, axes, keep) => g.ReduceMax(x, axes, keep)), .. ReduceSamples.Integers(static (g, x, axes, keep) => g.ReduceMax(x, axes, keep))];
}
