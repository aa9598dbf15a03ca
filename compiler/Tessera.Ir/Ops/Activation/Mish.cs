using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x · tanh(log(1 + e^x)) (arXiv 1908.08681).</summary>
[Op("mish")]
public sealed partial record Mish(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => x * Math.Tanh(Softplus.Stable(x));

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder) =>
        [builder.Mul(X, builder.Tanh(builder.Softplus(X)))];

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Mish", 18).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Narrow(static (g, x) => g.Mish(x), -8, 8);
}
