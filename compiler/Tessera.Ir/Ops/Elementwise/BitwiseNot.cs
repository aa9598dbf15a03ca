using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Complement of the bits of integers.</summary>
[Op("bitwise_not")]
public sealed partial record BitwiseNot(Value X) : UnaryOp(X)
{
    protected override bool Accepts(DType dtype) => dtype.IsInteger();

    protected override long Apply(long x) => ~x;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("BitwiseNot", 18);

    internal static IEnumerable<OpSample> Samples() =>
        [.. UnarySamples.Integers(static (g, x) => g.BitwiseNot(x)), UnarySamples.For("u8", "u8[n]", static (g, x) => g.BitwiseNot(x))];
}
