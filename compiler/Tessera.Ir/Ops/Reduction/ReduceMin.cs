using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The least element along axes; NaN where one is; ∞, or the greatest integer, of nothing. Of bools, whether all are true.</summary>
[Op("reduce_min")]
public sealed partial record ReduceMin(Value X) : ReduceOp(X)
{
    // Negation and complement turn the order around, exactly and for every value.
    internal override RaggedReduction? Ragged => X.DType == DType.Bool
        ? new(SegmentReduction.Max) { Before = static (g, x) => g.Cast(g.Not(x), DType.I32), After = static (g, x) => g.Not(g.Greater(x, g.Int(DType.I32, 0))) }
        : X.DType.IsFloat()
        ? new(SegmentReduction.Max) { Before = static (g, x) => g.Neg(x), After = static (g, x) => g.Neg(x) }
        : new(SegmentReduction.Max) { Before = static (g, x) => g.BitwiseNot(x), After = static (g, x) => g.BitwiseNot(x) };

    public override IReadOnlyList<Value>? Decompose(GraphBuilder builder) => X.DType == DType.Bool
        ? [builder.Not(builder.ReduceMax(builder.Not(X), Axes, KeepDims))]
        : null;

    protected override bool Accepts(DType dtype) => dtype.IsFloat() || dtype.IsInteger() || dtype == DType.Bool;

    protected override double Fold(double[] values) => values.Aggregate(double.PositiveInfinity, Math.Min);

    protected override long Fold(DType dtype, long[] values) => IntegerRange.Order(
        dtype,
        values.Select(v => IntegerRange.Order(dtype, v)).Append(IntegerRange.Order(dtype, IntegerRange.Greatest(dtype))).Min());

    protected override bool Fold(bool[] values) => values.All(static v => v);

    internal static OnnxMapping Onnx { get; } = ReduceSamples.Onnx("ReduceMin", 18).TakesFrom(20, DType.Bool);

    internal static IEnumerable<OpSample> Samples() => [.. ReduceSamples.Floats(static (g, x, axes, keep) => g.ReduceMin(x, axes, keep)), .. ReduceSamples.Integers(static (g, x, axes, keep) => g.ReduceMin(x, axes, keep)), ReduceSamples.Sample("bools", "bool[n, 3]", static (g, x, axes, keep) => g.ReduceMin(x, axes, keep), [0])];
}
