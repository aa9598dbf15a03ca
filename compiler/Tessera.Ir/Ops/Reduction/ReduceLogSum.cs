using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Logarithm of the sum along axes; −∞ of nothing.</summary>
[Op("reduce_log_sum")]
public sealed partial record ReduceLogSum(Value X) : ReduceOp(X)
{
    internal override RaggedReduction? Ragged => new(SegmentReduction.Sum) { After = static (g, x) => g.Log(x) };

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder) => [builder.Log(builder.ReduceSum(X, Axes, KeepDims))];

    protected override bool Accepts(DType dtype) => dtype.IsFloat();

    protected override double Fold(double[] values) => Math.Log(values.Sum());

    internal static OnnxMapping Onnx { get; } = ReduceSamples.Onnx("ReduceLogSum", 18);

    internal static IEnumerable<OpSample> Samples() => ReduceSamples.Floats(static (g, x, axes, keep) => g.ReduceLogSum(x, axes, keep), 0.25, 4);
}
