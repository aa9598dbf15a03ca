using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Sine of x in radians.</summary>
[Op("sin")]
public sealed partial record Sin(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Sin(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Sin", 7).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Floats(static (g, x) => g.Sin(x));
}
