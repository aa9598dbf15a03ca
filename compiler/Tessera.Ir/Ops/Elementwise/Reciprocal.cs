using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>1 / x.</summary>
[Op("reciprocal")]
public sealed partial record Reciprocal(Value X) : UnaryOp(X)
{
    public override OpTraits Traits => OpTraits.RoundedOnce;

    protected override double Apply(double x) => 1 / x;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Reciprocal", 6);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Floats(static (g, x) => g.Reciprocal(x), 0.5, 4);
}
