using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Sum of squares along axes; 0 of nothing. Integers wrap around.</summary>
[Op("reduce_sum_square")]
public sealed partial record ReduceSumSquare(Value X) : ReduceOp(X)
{
    internal override RaggedReduction? Ragged => new(SegmentReduction.Sum) { Before = static (g, x) => g.Mul(x, x) };

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder) => [builder.ReduceSum(builder.Mul(X, X), Axes, KeepDims)];

    protected override double Fold(double[] values) => values.Sum(static v => v * v);

    protected override long Fold(DType dtype, long[] values) => values.Aggregate(0L, static (a, b) => unchecked(a + (b * b)));

    internal static OnnxMapping Onnx { get; } = ReduceSamples.Onnx("ReduceSumSquare", 18);

    internal static IEnumerable<OpSample> Samples() => [.. ReduceSamples.Floats(static (g, x, axes, keep) => g.ReduceSumSquare(x, axes, keep)), .. ReduceSamples.Integers(static (g, x, axes, keep) => g.ReduceSumSquare(x, axes, keep))];
}
