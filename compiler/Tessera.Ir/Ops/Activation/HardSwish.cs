using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x · clamp(x / 6 + 1/2, 0, 1) (arXiv 1905.02244).</summary>
[Op("hard_swish")]
public sealed partial record HardSwish(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => x * Math.Clamp((x / 6) + 0.5, 0, 1);

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder) =>
        [builder.Mul(X, builder.HardSigmoid(X, 1.0 / 6, 0.5))];

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("HardSwish", 14).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Narrow(static (g, x) => g.HardSwish(x), -8, 8);
}
