using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The least integer that is not below x.</summary>
[Op("ceil")]
public sealed partial record Ceil(Value X) : UnaryOp(X)
{
    public override OpTraits Traits => OpTraits.Exact;

    protected override double Apply(double x) => Math.Ceiling(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Ceil", 6);

    internal static IEnumerable<OpSample> Samples() => [.. UnarySamples.Floats(static (g, x) => g.Ceil(x)), UnarySamples.Special(static (g, x) => g.Ceil(x))];
}
