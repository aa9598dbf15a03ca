using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>a · b, element by element, with broadcasting; integers wrap around.</summary>
[Op("mul")]
public sealed partial record Mul(Value A, Value B) : BinaryOp(A, B)
{
    protected override double Apply(double a, double b) => a * b;

    protected override long Apply(long a, long b) => unchecked(a * b);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Mul", 7);

    internal static IEnumerable<OpSample> Samples() => BinarySamples.Numbers(static (g, a, b) => g.Mul(a, b));
}
