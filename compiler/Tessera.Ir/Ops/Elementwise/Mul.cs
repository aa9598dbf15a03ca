using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>a · b, element by element, with broadcasting; integers wrap around.</summary>
[Op("mul")]
public sealed partial record Mul(Value A, Value B) : ArithmeticOp(A, B)
{
    public override OpTraits Traits => OpTraits.Commutative | OpTraits.RoundedOnce;

    protected override T Apply<T>(T a, T b) => a * b;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Mul", 7);

    internal static IEnumerable<OpSample> Samples() => BinarySamples.Numbers(static (g, a, b) => g.Mul(a, b));
}
