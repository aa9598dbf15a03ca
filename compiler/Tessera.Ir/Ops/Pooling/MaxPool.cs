using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// The greatest element of each window, and its position in x as a row-major index over all axes; with <see cref="StorageOrder"/> 1 the
/// spatial axes count column-major. Of equal ones the first stands.
/// </summary>
[Op("max_pool")]
public sealed partial record MaxPool(Value X) : PoolOp(X)
{
    public long StorageOrder { get; init; }

    public override int OutputCount => 2;

    private protected override bool Accepts(DType dtype) => dtype.IsFloat() || dtype is DType.I8 or DType.U8;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) =>
        ResultShape(context) is var shape ? [new TensorType(X.DType, shape), new TensorType(DType.I64, shape)] : [];

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        int[] best = [.. Windows(x).Select(w => w.Inside.Count == 0 ? -1 : w.Inside.Aggregate((a, b) => x.Number(b) > x.Number(a) ? b : a))];
        long[] dims = Sizes(x);
        RefTensor values = x.DType.IsFloat()
            ? RefTensor.Floats(x.DType, dims, [.. best.Select(i => i < 0 ? double.NegativeInfinity : x.F[i])])
            : RefTensor.Ints(x.DType, dims, [.. best.Select(i => i < 0 ? IntegerRange.Least(x.DType) : x.I[i])]);
        return [values, RefTensor.Ints(DType.I64, dims, [.. best.Select(i => StorageOrder == 0 ? i : ColumnMajor(x.Dims, i))])];
    }

    private static long ColumnMajor(long[] dims, long index)
    {
        long[] spatial = [.. dims.Skip(2)];
        long area = spatial.Aggregate(1L, static (a, b) => a * b);
        long[] at = AxisSizes.Coordinates(spatial, index % area);
        (long inner, long step) = (0, 1);
        for (int a = 0; a < at.Length; a++)
        {
            inner += at[a] * step;
            step *= spatial[a];
        }

        return (index / area * area) + inner;
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => context.Operands[0]!.Axis <= 1
        ? MaxPoolBatching.Members(context, this)
        : MaxPoolBatching.AlongTokens(context, this);

    internal static OnnxMapping Onnx { get; } = new OnnxMapping(
        new OnnxRow("MaxPool", 1)
        {
            Until = 8,
            Attributes = EquatableArray.Create<OnnxAttr>(Attributes),
            When = static op => op is MaxPool { CeilMode: false, Dilations.Count: 0, StorageOrder: 0 },
        },
        new OnnxRow("MaxPool", 8)
        {
            Until = 10,
            Attributes = EquatableArray.Create<OnnxAttr>([.. Attributes, OnnxAttr.Of("storage_order")]),
            When = static op => op is MaxPool { CeilMode: false, Dilations.Count: 0 },
        },
        new OnnxRow("MaxPool", 10)
        {
            Attributes = EquatableArray.Create<OnnxAttr>([.. Attributes, OnnxAttr.Of("storage_order"), OnnxAttr.Of("ceil_mode"), OnnxAttr.Of("dilations")]),
        }).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("2d", static g => g.MaxPool(g.In("x", "f32[1, 2, 5, n + 2]"), kernel: [2, 2], strides: [2, 1], pads: [1, 0, 0, 1])) { Sizes = ShapingSamples.NotEmpty },
        new("ceil", static g => g.MaxPool(g.In("x", "f32[1, 1, 5, 6]"), kernel: [2, 3], strides: [2, 2], ceilMode: true)),
        new("same", static g => g.MaxPool(g.In("x", "f32[1, 1, 5]"), kernel: [4], strides: [2], autoPad: "SAME_LOWER")),
        new("dilated bytes", static g => g.MaxPool(g.In("x", "u8[1, 1, 6, 6]"), kernel: [2, 2], dilations: [2, 3])),
        new("column major", static g => g.MaxPool(g.In("x", "f32[2, 2, 4, 6]"), storageOrder: 1, kernel: [2, 2], strides: [2, 2])),
        new("3d", static g => g.MaxPool(g.In("x", "f32[1, 2, 3, 4, 3]"), kernel: [2, 2, 2])),
    ];
}
