using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Hyperbolic tangent.</summary>
[Op("tanh")]
public sealed partial record Tanh(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Tanh(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Tanh", 6);

    internal static IEnumerable<OpSample> Samples() => [.. UnarySamples.Floats(static (g, x) => g.Tanh(x)), UnarySamples.Special(static (g, x) => g.Tanh(x))];
}
