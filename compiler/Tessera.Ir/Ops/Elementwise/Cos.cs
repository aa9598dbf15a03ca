using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Cosine of x in radians.</summary>
[Op("cos")]
public sealed partial record Cos(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Cos(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Cos", 7).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Floats(static (g, x) => g.Cos(x));
}
