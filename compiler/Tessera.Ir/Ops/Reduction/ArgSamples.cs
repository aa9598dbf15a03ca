using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>What the ONNX forms and samples of ArgMax and ArgMin share.</summary>
internal static class ArgSamples
{
    public delegate Value Position(GraphBuilder builder, Value x, long? axis, bool? keepDims, bool? selectLastIndex);

    private const int ChoosesLast = 12;

    public static OnnxMapping Onnx(string opType)
    {
        OnnxAttr[] old = [OnnxAttr.Of("axis"), new OnnxAttr.Direct("keepdims", "keep_dims", 1L)];
        return new OnnxMapping(
            new OnnxRow(opType, 1) { Until = ChoosesLast, Attributes = EquatableArray.Create(old), When = static op => !((ArgOp)op).SelectLastIndex },
            new OnnxRow(opType, ChoosesLast) { Attributes = EquatableArray.Create<OnnxAttr>([.. old, OnnxAttr.Of("select_last_index")]) });
    }

    public static IEnumerable<OpSample> Of(Position op) =>
    [
        new("first axis", g => [op(g, g.In("x", "f32[4, n]"), 0, false, false)]),
        new("last axis", g => [op(g, g.In("x", "f32[n, 5]"), -1, true, false)]),
        new("ties", g => [op(g, g.In("x", "i32[n, 6]"), 1, false, false)]),
        new("last of ties", g => [op(g, g.In("x", "i32[n, 6]"), 1, false, true)]),
        new("f64", g => [op(g, g.In("x", "f64[n, 3]"), -1, false, false)]),
    ];
}
