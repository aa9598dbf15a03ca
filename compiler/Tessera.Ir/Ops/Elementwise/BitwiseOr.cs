using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Disjunction of the bits of integers, element by element, with broadcasting.</summary>
[Op("bitwise_or")]
public sealed partial record BitwiseOr(Value A, Value B) : BitwiseOp(A, B)
{
    public override OpTraits Traits => OpTraits.Commutative;

    protected override long Apply(long a, long b) => a | b;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("BitwiseOr", 18);

    internal static IEnumerable<OpSample> Samples() => BinarySamples.Of("i32", static (g, a, b) => g.BitwiseOr(a, b), (-9, 9));
}
