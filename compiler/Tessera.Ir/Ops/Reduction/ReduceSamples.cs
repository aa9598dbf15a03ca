using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>What the reductions' ONNX forms and samples share.</summary>
internal static class ReduceSamples
{
    private static readonly OnnxAttr s_keepDims = new OnnxAttr.Direct("keepdims", "keep_dims", 1L);

    /// <summary>Axes are an attribute until <paramref name="asInput"/>, an optional input from then on.</summary>
    public static OnnxMapping Onnx(string opType, int asInput)
    {
        OnnxRow input = new(opType, asInput)
        {
            Inputs = [new OnnxArgument.Operand("x"), new OnnxArgument.Ints("axes", OmitEmpty: true)],
            Attributes = [s_keepDims, new OnnxAttr.Fixed("noop_with_empty_axes", 0L, IsDefault: true)],
        };
        return new(new OnnxRow(opType, 1) { Until = asInput, Attributes = [new OnnxAttr.Direct("axes", "axes"), s_keepDims] }, input);
    }

    public delegate Value Reduction(GraphBuilder builder, Value x, EquatableArray<long>? axes, bool? keepDims);

    public static IEnumerable<OpSample> Floats(Reduction op, double low = -2, double high = 2) =>
    [
        Sample("last", "f32[n, 5]", op, [-1]) with { Range = (low, high) },
        Sample("first", "f32[4, n, 2]", op, [0], true) with { Range = (low, high) },
        Sample("two", "f32[4, n, 2]", op, [2, 0]) with { Range = (low, high) },
        Sample("all", "f32[n, 3]", op, []) with { Range = (low, high) },
        Sample("all kept", "f32[n, 3]", op, [0, 1], true) with { Range = (low, high) },
        Sample("f16", "f16[n, 3]", op, [1]) with { Range = (low, high) },
        Sample("f64", "f64[n, 3]", op, [1]) with { Range = (low, high) },
        Sample("scalar", "f32[]", op, []) with { Range = (low, high) },
    ];

    public static IEnumerable<OpSample> Integers(Reduction op) =>
        [Sample("i64", "i64[n, 3]", op, [1]) with { IntRange = (-5, 6) }, Sample("i32", "i32[2, n]", op, [0], true) with { IntRange = (-5, 6) }];

    public static OpSample Sample(string name, string type, Reduction op, EquatableArray<long> axes, bool keepDims = false) =>
        new(name, g => [op(g, g.In("x", type), axes, keepDims)]);
}
