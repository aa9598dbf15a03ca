using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>a &lt; b, element by element, with broadcasting; false where either is NaN.</summary>
[Op("less")]
public sealed partial record Less(Value A, Value B) : ComparisonOp(A, B)
{
    protected override bool Holds<T>(T a, T b) => a < b;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Less", 7);

    internal static IEnumerable<OpSample> Samples() => BinarySamples.Comparison(static (g, a, b) => g.Less(a, b));
}
