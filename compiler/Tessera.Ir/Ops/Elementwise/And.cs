using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Conjunction of truth values, element by element, with broadcasting.</summary>
[Op("and")]
public sealed partial record And(Value A, Value B) : LogicalOp(A, B)
{
    public override OpTraits Traits => OpTraits.Commutative;

    protected override bool Apply(bool a, bool b) => a && b;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("And", 7);

    internal static IEnumerable<OpSample> Samples() => BinarySamples.Of("bool", static (g, a, b) => g.And(a, b));
}
