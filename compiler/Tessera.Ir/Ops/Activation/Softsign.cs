using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x / (1 + |x|).</summary>
[Op("softsign")]
public sealed partial record Softsign(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => x / (1 + Math.Abs(x));

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Softsign", 1).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Narrow(static (g, x) => g.Softsign(x), -8, 8);
}
