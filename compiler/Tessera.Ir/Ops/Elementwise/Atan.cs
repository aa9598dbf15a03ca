using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Arc tangent, in (−π/2, π/2).</summary>
[Op("atan")]
public sealed partial record Atan(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Atan(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Atan", 7).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Narrow(static (g, x) => g.Atan(x));
}
