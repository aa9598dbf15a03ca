using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary><c>(Σ |x|^p)^(1/p)</c> over each window.</summary>
[Op("lp_pool")]
public sealed partial record LpPool(Value X) : PoolOp(X)
{
    public long P { get; init; } = 2;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => [new TensorType(X.DType, ResultShape(context))];

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        return [RefTensor.Floats(x.DType, Sizes(x), [.. Windows(x).Select(w => Math.Pow(w.Inside.Sum(i => Math.Pow(Math.Abs(x.F[i]), P)), 1.0 / P))])];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => context.Operands[0]!.Axis <= 1
        ? Folding.Batch(context, [0])
        : [PoolBatching.Values(context, this, 0, (x, pads) => this with { X = x, Pads = pads, AutoPad = "NOTSET", CeilMode = false })];

    internal static OnnxMapping Onnx { get; } = new OnnxMapping(
        new OnnxRow("LpPool", 2)
        {
            Until = 18,
            Attributes = EquatableArray.Create<OnnxAttr>([.. Attributes, OnnxAttr.Of("p")]),
            When = static op => op is LpPool { CeilMode: false, Dilations.Count: 0 },
        },
        new OnnxRow("LpPool", 18)
        {
            Attributes = EquatableArray.Create<OnnxAttr>([.. Attributes, OnnxAttr.Of("p"), OnnxAttr.Of("ceil_mode"), OnnxAttr.Of("dilations")]),
        }).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("2d", static g => [g.LpPool(g.In("x", "f32[1, 2, 5, n + 2]"), kernel: [2, 2], strides: [2, 1])]) { Sizes = ShapingSamples.NotEmpty },
        new("p 3", static g => [g.LpPool(g.In("x", "f32[1, 1, 4, 4]"), p: 3, kernel: [3, 3], pads: [1, 1, 1, 1])]),
        new("dilated", static g => [g.LpPool(g.In("x", "f32[1, 1, 6, 6]"), p: 1, kernel: [2, 2], dilations: [2, 3])]),
    ];
}
