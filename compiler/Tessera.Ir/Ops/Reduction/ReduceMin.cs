using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The least element along axes; NaN where one is; ∞, or the greatest integer, of nothing.</summary>
[Op("reduce_min")]
public sealed partial record ReduceMin(Value X) : ReduceOp(X)
{
    // Negation and complement turn the order around, exactly and for every value.
    internal override RaggedReduction? Ragged => X.DType.IsFloat()
        ? new(SegmentReduction.Max) { Before = static (g, x) => g.Neg(x), After = static (g, x) => g.Neg(x) }
        : new(SegmentReduction.Max) { Before = static (g, x) => g.BitwiseNot(x), After = static (g, x) => g.BitwiseNot(x) };

    protected override bool Accepts(DType dtype) => dtype.IsFloat() || dtype.IsInteger();

    protected override double Fold(double[] values) => values.Aggregate(double.PositiveInfinity, Math.Min);

    protected override long Fold(DType dtype, long[] values) => IntegerRange.Order(
        dtype,
        values.Select(v => IntegerRange.Order(dtype, v)).Append(IntegerRange.Order(dtype, IntegerRange.Greatest(dtype))).Min());

    internal static OnnxMapping Onnx { get; } = ReduceSamples.Onnx("ReduceMin", 18);

    internal static IEnumerable<OpSample> Samples() => [.. ReduceSamples.Floats(static (g, x, axes, keep) => g.ReduceMin(x, axes, keep)), .. ReduceSamples.Integers(static (g, x, axes, keep) => g.ReduceMin(x, axes, keep))];
}
