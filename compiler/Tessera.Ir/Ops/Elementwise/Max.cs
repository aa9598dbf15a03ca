using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The greater of a and b, element by element, with broadcasting; NaN where either is.</summary>
[Op("max")]
public sealed partial record Max(Value A, Value B) : ArithmeticOp(A, B)
{
    public override OpTraits Traits => OpTraits.Exact;

    protected override T Apply<T>(T a, T b) => T.Max(a, b);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Max", 8);

    internal static IEnumerable<OpSample> Samples() => BinarySamples.Numbers(static (g, a, b) => g.Max(a, b));
}
