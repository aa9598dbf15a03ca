using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Sum of absolute values along axes; 0 of nothing.</summary>
[Op("reduce_l1")]
public sealed partial record ReduceL1(Value X) : ReduceOp(X)
{
    internal override RaggedReduction? Ragged => new(SegmentReduction.Sum) { Before = static (g, x) => g.Abs(x) };

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder) => [builder.ReduceSum(builder.Abs(X), Axes, KeepDims)];

    protected override double Fold(double[] values) => values.Sum(Math.Abs);

    protected override long Fold(DType dtype, long[] values) => values.Aggregate(0L, (a, b) => unchecked(a + (b < 0 && dtype != DType.U64 ? -b : b)));

    internal static OnnxMapping Onnx { get; } = ReduceSamples.Onnx("ReduceL1", 18);

    internal static IEnumerable<OpSample> Samples() => [.. ReduceSamples.Floats(static (g, x, axes, keep) => g.ReduceL1(x, axes, keep)), .. ReduceSamples.Integers(static (g, x, axes, keep) => g.ReduceL1(x, axes, keep))];
}
