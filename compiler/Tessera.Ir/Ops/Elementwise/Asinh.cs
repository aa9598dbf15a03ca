using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Inverse of the hyperbolic sine.</summary>
[Op("asinh")]
public sealed partial record Asinh(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Asinh(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Asinh", 9).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Narrow(static (g, x) => g.Asinh(x), -4, 4);
}
