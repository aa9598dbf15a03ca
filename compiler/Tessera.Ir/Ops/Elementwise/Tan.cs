using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Tangent of x in radians.</summary>
[Op("tan")]
public sealed partial record Tan(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Tan(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Tan", 7).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Narrow(static (g, x) => g.Tan(x), -1.4, 1.4);
}
