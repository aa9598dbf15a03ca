using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Arc sine, in [−π/2, π/2]; NaN outside [−1, 1].</summary>
[Op("asin")]
public sealed partial record Asin(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Asin(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Asin", 7).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Narrow(static (g, x) => g.Asin(x), -1, 1);
}
