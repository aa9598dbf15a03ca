using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>a &gt; b, element by element, with broadcasting; false where either is NaN.</summary>
[Op("greater")]
public sealed partial record Greater(Value A, Value B) : ComparisonOp(A, B)
{
    protected override bool Holds<T>(T a, T b) => a > b;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Greater", 7);

    internal static IEnumerable<OpSample> Samples() => BinarySamples.Comparison(static (g, a, b) => g.Greater(a, b));
}
