using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Square root; NaN below 0.</summary>
[Op("sqrt")]
public sealed partial record Sqrt(Value X) : UnaryOp(X)
{
    public override OpTraits Traits => OpTraits.RoundedOnce;

    protected override double Apply(double x) => Math.Sqrt(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Sqrt", 6);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Floats(static (g, x) => g.Sqrt(x), 0, 9);
}
