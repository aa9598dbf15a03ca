using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Hyperbolic sine.</summary>
[Op("sinh")]
public sealed partial record Sinh(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Sinh(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Sinh", 9).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Narrow(static (g, x) => g.Sinh(x));
}
