using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Euclidean norm along axes; 0 of nothing.</summary>
[Op("reduce_l2")]
public sealed partial record ReduceL2(Value X) : ReduceOp(X)
{
    internal override RaggedReduction? Ragged => new(SegmentReduction.Sum) { Before = static (g, x) => g.Mul(x, x), After = static (g, x) => g.Sqrt(x) };

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder) => [builder.Sqrt(builder.ReduceSum(builder.Mul(X, X), Axes, KeepDims))];

    protected override bool Accepts(DType dtype) => dtype.IsFloat();

    protected override double Fold(double[] values) => Math.Sqrt(values.Sum(static v => v * v));

    internal static OnnxMapping Onnx { get; } = ReduceSamples.Onnx("ReduceL2", 18);

    internal static IEnumerable<OpSample> Samples() => ReduceSamples.Floats(static (g, x, axes, keep) => g.ReduceL2(x, axes, keep));
}
