using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Conjunction of the bits of integers, element by element, with broadcasting.</summary>
[Op("bitwise_and")]
public sealed partial record BitwiseAnd(Value A, Value B) : BitwiseOp(A, B)
{
    public override OpTraits Traits => OpTraits.Commutative;

    protected override long Apply(long a, long b) => a & b;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("BitwiseAnd", 18);

    internal static IEnumerable<OpSample> Samples() => BinarySamples.Of("i32", static (g, a, b) => g.BitwiseAnd(a, b), (-9, 9));
}
