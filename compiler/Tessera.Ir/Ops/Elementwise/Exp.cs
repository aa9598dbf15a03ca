using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>e to the power x.</summary>
[Op("exp")]
public sealed partial record Exp(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Exp(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Exp", 6);

    internal static IEnumerable<OpSample> Samples() => [.. UnarySamples.Floats(static (g, x) => g.Exp(x)), UnarySamples.Special(static (g, x) => g.Exp(x))];
}
