using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Inverse of the hyperbolic tangent; NaN outside [−1, 1].</summary>
[Op("atanh")]
public sealed partial record Atanh(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Atanh(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Atanh", 9).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Narrow(static (g, x) => g.Atanh(x), -0.9, 0.9);
}
