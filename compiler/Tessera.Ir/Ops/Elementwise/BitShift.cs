using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The bits of an unsigned integer moved by as many places as the other operand says; what leaves the type is lost.</summary>
[Op("bit_shift")]
public sealed partial record BitShift(Value A, Value B) : BinaryOp(A, B)
{
    /// <summary>Towards the higher bits.</summary>
    public required bool Left { get; init; }

    protected override bool Accepts(DType dtype) => dtype is DType.U8 or DType.U16 or DType.U32 or DType.U64;

    private protected override RefTensor Combine(RefTensor a, RefTensor b, long[] dims, int[] ia, int[] ib) =>
        RefTensor.Ints(a.DType, dims, UnsignedPairs(a.I, b.I, ia, ib, (x, places) => Wrap.To(a.DType, unchecked((long)Moved(x, places)))));

    private ulong Moved(ulong x, ulong places) => places > 63 ? 0 : Left ? x << (int)places : x >> (int)places;

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("BitShift", 11) { Attributes = [new OnnxAttr.Fixed("direction", "LEFT")], When = static op => ((BitShift)op).Left },
        new OnnxRow("BitShift", 11) { Attributes = [new OnnxAttr.Fixed("direction", "RIGHT")], When = static op => !((BitShift)op).Left });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("left", "u8[n, 3]", "u8[3]", left: true),
        Sample("right", "u32[n]", "u32[n]", left: false),
        Sample("u64", "u64[n]", "u64[]", left: true),
        Sample("u16", "u16[n]", "u16[n]", left: false) with { NoRuntime = UnarySamples.NoKernel },
    ];

    private static OpSample Sample(string name, string a, string b, bool left) =>
        new(name, g => [g.BitShift(g.In("a", a), g.In("b", b), left)]) { IntRange = (0, 8) };
}
