using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The mean of each window, over its elements in x, or with <see cref="CountIncludePad"/> over its elements in x and its pads.</summary>
[Op("average_pool")]
public sealed partial record AveragePool(Value X) : PoolOp(X)
{
    public bool CountIncludePad { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => [new TensorType(X.DType, ResultShape(context))];

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        return [RefTensor.Floats(x.DType, Sizes(x), [.. Windows(x).Select(w => Mean(w.Inside.Sum(i => x.F[i]), CountIncludePad ? w.Places : w.Inside.Count))])];
    }

    private static double Mean(double sum, int count) => count == 0 ? 0 : sum / count;

    internal static OnnxMapping Onnx { get; } = new OnnxMapping(
        new OnnxRow("AveragePool", 7)
        {
            Until = 10,
            Attributes = EquatableArray.Create<OnnxAttr>([.. Attributes, OnnxAttr.Of("count_include_pad")]),
            When = static op => op is AveragePool { CeilMode: false, Dilations.Count: 0 },
        },
        new OnnxRow("AveragePool", 10)
        {
            Until = 19,
            Attributes = EquatableArray.Create<OnnxAttr>([.. Attributes, OnnxAttr.Of("count_include_pad"), OnnxAttr.Of("ceil_mode")]),
            When = static op => op is AveragePool { Dilations.Count: 0 },
        },
        new OnnxRow("AveragePool", 19)
        {
            Attributes = EquatableArray.Create<OnnxAttr>([.. Attributes, OnnxAttr.Of("count_include_pad"), OnnxAttr.Of("ceil_mode"), OnnxAttr.Of("dilations")]),
        }).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("2d", static g => [g.AveragePool(g.In("x", "f32[1, 2, 5, n + 2]"), kernel: [2, 2], strides: [2, 1], pads: [1, 0, 0, 1])]) { Sizes = ShapingSamples.NotEmpty },
        new("pads count", static g => [g.AveragePool(g.In("x", "f32[1, 1, 4, 4]"), countIncludePad: true, kernel: [3, 3], pads: [1, 1, 1, 1])]),
        new("ceil", static g => [g.AveragePool(g.In("x", "f32[1, 1, 5]"), kernel: [2], strides: [2], ceilMode: true)]),
        new("same", static g => [g.AveragePool(g.In("x", "f32[1, 1, 5]"), kernel: [4], strides: [2], autoPad: "SAME_UPPER")]),
        new("dilated", static g => [g.AveragePool(g.In("x", "f32[1, 1, 6, 6]"), kernel: [2, 2], dilations: [2, 3])]),
    ];
}
