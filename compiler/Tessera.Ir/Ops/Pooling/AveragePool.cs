using Tessera.Ir.Batching;
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

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        if (context.Operands[0]!.Axis <= 1)
        {
            return Folding.Batch(context, [0]);
        }

        // Sums over the places of a window, padding being 0, then by how many of them count.
        Batched sums = PoolBatching.Values(context, this, 0, Whole);
        return CountIncludePad || PoolBatching.Pads(context, this, context.Operands[0]!.Axis - 2).All(static p => p == 0)
            ? [sums]
            : [sums with { Value = context.Emit(new Div(sums.Value, Share(context))) }];
    }

    private AveragePool Whole(Value x, EquatableArray<long> pads) =>
        new(x) { Kernel = Kernel, Strides = Strides, Dilations = Dilations, Pads = pads, CountIncludePad = true };

    // The part of each window's places that lies in x; a window outside has a sum of 0.
    private Value Share(BatchContext context)
    {
        GraphBuilder g = context.Builder;
        Batched x = context.Operands[0]!;
        Value ones = g.Expand(g.Float(X.DType, 1), x.Value.Shape);
        BatchContext counting = new(this, [x with { Value = ones }], context.Environment);
        Value share = PoolBatching.Values(counting, this, 0, Whole).Value;
        return g.Where(g.Equal(share, g.Float(X.DType, 0)), g.Float(X.DType, 1), share);
    }

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
