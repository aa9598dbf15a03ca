using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The greatest element along axes; NaN where one is; −∞, or the least integer, of nothing. Of bools, whether one is true.</summary>
[Op("reduce_max")]
public sealed partial record ReduceMax(Value X) : ReduceOp(X)
{
    internal override RaggedReduction? Ragged => X.DType == DType.Bool
        ? new(SegmentReduction.Max) { Before = static (g, x) => g.Cast(x, DType.I32), After = static (g, x) => g.Greater(x, g.Int(DType.I32, 0)) }
        : new(SegmentReduction.Max);

    public override IReadOnlyList<Value>? Decompose(GraphBuilder builder) => X.DType == DType.Bool
        ? [builder.Greater(builder.ReduceMax(builder.Cast(X, DType.I32), Axes, KeepDims), builder.Int(DType.I32, 0))]
        : null;

    protected override bool Accepts(DType dtype) => dtype.IsFloat() || dtype.IsInteger() || dtype == DType.Bool;

    protected override double Fold(double[] values) => values.Aggregate(double.NegativeInfinity, Math.Max);

    protected override long Fold(DType dtype, long[] values) => Greatest(dtype, values);

    internal static long Greatest(DType dtype, IEnumerable<long> values) => IntegerRange.Order(
        dtype,
        values.Select(v => IntegerRange.Order(dtype, v)).Append(IntegerRange.Order(dtype, IntegerRange.Least(dtype))).Max());

    protected override bool Fold(bool[] values) => values.Any(static v => v);

    internal static OnnxMapping Onnx { get; } = ReduceSamples.Onnx("ReduceMax", 18).TakesFrom(20, DType.Bool);

    internal static IEnumerable<OpSample> Samples() => [.. ReduceSamples.Floats(static (g, x, axes, keep) => g.ReduceMax(x, axes, keep)), .. ReduceSamples.Integers(static (g, x, axes, keep) => g.ReduceMax(x, axes, keep)), ReduceSamples.Sample("bools", "bool[n, 3]", static (g, x, axes, keep) => g.ReduceMax(x, axes, keep), [0])];
}
