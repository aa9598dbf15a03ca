using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>a ≤ b, element by element, with broadcasting; false where either is NaN.</summary>
[Op("less_or_equal")]
public sealed partial record LessOrEqual(Value A, Value B) : ComparisonOp(A, B)
{
    protected override bool Holds<T>(T a, T b) => a <= b;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("LessOrEqual", 12);

    internal static IEnumerable<OpSample> Samples() => BinarySamples.Comparison(static (g, a, b) => g.LessOrEqual(a, b));
}
