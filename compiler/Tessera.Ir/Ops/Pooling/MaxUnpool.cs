using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// The elements of <c>x[N, C, s…]</c> at the positions in a larger tensor that a <see cref="MaxPool"/> took them from, zero elsewhere. Its
/// spatial sizes are <c>(s − 1) · stride − pads + k</c>, to which positions refer; an output shape that is given and larger adds zeros behind.
/// </summary>
[Op("max_unpool")]
public sealed partial record MaxUnpool(Value X, Value Indices, Value? OutputShape) : Op
{
    public required EquatableArray<long> Kernel { get; init; }

    public EquatableArray<long> Strides { get; init; }

    public EquatableArray<long> Pads { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        if (x.Rank < 3 || Kernel.Count != x.Rank - 2 || (Strides.Count != 0 && Strides.Count != Kernel.Count) || (Pads.Count != 0 && Pads.Count != 2 * Kernel.Count))
        {
            throw context.Error("TSR0203", $"x must be [N, C, s…] with a kernel size, a stride and two pads for each spatial axis; it is {X.Type}.");
        }

        return
        [
            new TensorType(X.DType, OutputShape is null
                ? [x[0], x[1], .. Enumerable.Range(0, x.Rank - 2).Select(a => context.Facts.Simplify(((x[a + 2] - 1) * Stride(a)) + Kernel[a] - PadsOf(a, x.Rank - 2)))]
                : OutputShape.Sizes is { } sizes && sizes.Count == x.Rank ? [.. sizes] : [.. x.Select((_, a) => context.Fresh(0, a))]),
        ];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, RefTensor indices) = (context.Tensor(0), context.Tensor(1));
        long[] own = [x.Dims[0], x.Dims[1], .. Enumerable.Range(0, x.Rank - 2).Select(a => ((x.Dims[a + 2] - 1) * Stride(a)) + Kernel[a] - PadsOf(a, x.Rank - 2))];
        long[] dims = context.OptionalTensor(2)?.I ?? own;
        long[] strides = AxisSizes.Strides(dims);
        int[] from = new int[dims.Aggregate(1L, static (a, b) => a * b)];
        Array.Fill(from, -1);
        long count = own.Aggregate(1L, static (a, b) => a * b);
        for (int i = 0; i < x.Count; i++)
        {
            long at = indices.I[i];
            if (at < 0 || at >= count)
            {
                throw context.Error($"index {at} is outside the {count} elements of [{string.Join(", ", own)}].");
            }

            long[] place = AxisSizes.Coordinates(own, at);
            if (place.Zip(dims).All(static p => p.First < p.Second))
            {
                from[place.Zip(strides).Sum(static p => p.First * p.Second)] = i;
            }
        }

        return [RefTensor.Gather(x, dims, i => from[i])];
    }

    private long Stride(int axis) => PoolAxis.At(Strides, axis, 1);

    private long PadsOf(int axis, int spatial) => PoolAxis.At(Pads, axis, 0) + PoolAxis.At(Pads, spatial + axis, 0);

    // Indices count over all elements of the result, members included.
    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0, 0], emit: operands =>
    {
        Value first = MemberOffsets.Of(context, 0, Dim.Product(context.ResultShape()));
        Value indices = context.Builder.Add(operands[1]!, RaggedIndex.Column(context, first, operands[1]!.Rank));
        return [context.Emit(this with { X = operands[0]!, Indices = indices })];
    });

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple(
        "MaxUnpool", 9, new OnnxAttr.Direct("kernel_shape", "kernel"), OnnxAttr.Of("strides"), OnnxAttr.Of("pads")).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("back", static g => [g.MaxUnpool(g.In("x", "f32[1, 1, 2, 2]"), g.Constant(TensorContent.From(DType.I64, [1, 1, 2, 2], [5L, 7, 13, 15])), [2, 2], null, [2, 2])]),
        new("1d", static g => [g.MaxUnpool(g.In("x", "f32[1, 2, 2]"), g.Constant(TensorContent.From(DType.I64, [1, 2, 2], [0L, 3, 4, 6])), [2], null, [2])]),
    ];
}
