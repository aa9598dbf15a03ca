using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Hyperbolic cosine.</summary>
[Op("cosh")]
public sealed partial record Cosh(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Cosh(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Cosh", 9).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Narrow(static (g, x) => g.Cosh(x));
}
