using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The same bits taken for another element type of the same width.</summary>
[Op("bit_cast")]
public sealed partial record BitCast(Value X) : UnaryOp(X)
{
    public required DType To { get; init; }

    protected override bool Accepts(DType dtype) => dtype.Bits() > 0 && dtype.Bits() == To.Bits();

    protected override DType ResultDType(DType operand) => To;

    private protected override RefTensor Map(RefTensor x) => RefTensors.FromBytes(To, x.Dims, RefTensors.ToBytes(x));

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("BitCast", 26, OnnxAttr.Of("to"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("f32 to i32", "f32[n, 3]", DType.I32),
        Sample("i16 to u16", "i16[n]", DType.U16),
        Sample("f64 to u64", "f64[n]", DType.U64),
    ];

    private static OpSample Sample(string name, string type, DType to) =>
        UnarySamples.For(name, type, (g, x) => g.BitCast(x, to)) with { NoRuntime = UnarySamples.NoKernel };
}
