using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The greatest integer that is not above x.</summary>
[Op("floor")]
public sealed partial record Floor(Value X) : UnaryOp(X)
{
    public override OpTraits Traits => OpTraits.Exact;

    protected override double Apply(double x) => Math.Floor(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Floor", 6);

    internal static IEnumerable<OpSample> Samples() => [.. UnarySamples.Floats(static (g, x) => g.Floor(x)), UnarySamples.Special(static (g, x) => g.Floor(x))];
}
