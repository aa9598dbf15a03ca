using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The error function, 2/√π ∫₀ˣ e^(−t²) dt.</summary>
[Op("erf")]
public sealed partial record Erf(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => SpecialFunctions.Erf(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Erf", 9);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Narrow(static (g, x) => g.Erf(x));
}
