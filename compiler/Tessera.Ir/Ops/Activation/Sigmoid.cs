using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>1 / (1 + e^(−x)).</summary>
[Op("sigmoid")]
public sealed partial record Sigmoid(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => 1 / (1 + Math.Exp(-x));

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Sigmoid", 6);

    internal static IEnumerable<OpSample> Samples() => [.. UnarySamples.Floats(static (g, x) => g.Sigmoid(x), -8, 8), UnarySamples.Special(static (g, x) => g.Sigmoid(x))];
}
