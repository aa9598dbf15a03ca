using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Exclusive disjunction of truth values, element by element, with broadcasting.</summary>
[Op("xor")]
public sealed partial record Xor(Value A, Value B) : LogicalOp(A, B)
{
    public override OpTraits Traits => OpTraits.Commutative;

    protected override bool Apply(bool a, bool b) => a ^ b;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Xor", 7);

    internal static IEnumerable<OpSample> Samples() => BinarySamples.Of("bool", static (g, a, b) => g.Xor(a, b));
}
