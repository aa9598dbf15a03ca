using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The lesser of a and b, element by element, with broadcasting; NaN where either is.</summary>
[Op("min")]
public sealed partial record Min(Value A, Value B) : ArithmeticOp(A, B)
{
    public override OpTraits Traits => OpTraits.Exact;

    protected override T Apply<T>(T a, T b) => T.Min(a, b);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Min", 8);

    internal static IEnumerable<OpSample> Samples() => BinarySamples.Numbers(static (g, a, b) => g.Min(a, b));
}
