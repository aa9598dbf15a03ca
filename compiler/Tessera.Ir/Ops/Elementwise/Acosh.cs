using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Inverse of the hyperbolic cosine; NaN below 1.</summary>
[Op("acosh")]
public sealed partial record Acosh(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Acosh(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Acosh", 9).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Narrow(static (g, x) => g.Acosh(x), 1, 9);
}
