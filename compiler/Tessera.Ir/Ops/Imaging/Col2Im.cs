using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Sums blocks back into images: <c>x[N, C · Π block, L]</c>, where L counts the places of a block in the image, gives <c>[N, C, image…]</c>.
/// </summary>
[Op("col2_im")]
public sealed partial record Col2Im(Value X, Value ImageShape, Value BlockShape) : Op
{
    public EquatableArray<long> Dilations { get; init; }

    public EquatableArray<long> Pads { get; init; }

    public EquatableArray<long> Strides { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        if (x.Rank != 3 || context.ShapeOf(ImageShape) is not [{ ConstValue: { } spatial }])
        {
            throw context.Error("TSR0203", $"x must be [N, C · Π block, L] and the number of spatial axes known; they are {X.Type} and {ImageShape.Type}.");
        }

        IReadOnlyList<Dim>? block = BlockShape.Sizes;
        Dim channels = block is not null && block.All(static d => d.ConstValue > 0) && x[1].ConstValue is { } rows
            ? rows / block.Aggregate(1L, static (a, d) => a * d.ConstValue!.Value)
            : context.Fresh(0, 1);
        return [new TensorType(X.DType, [x[0], channels, .. ImageShape.Sizes ?? [.. Enumerable.Range(0, (int)spatial).Select(a => context.Fresh(0, a + 2))]])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, long[] image, long[] block) = (context.Tensor(0), context.Tensor(1).I, context.Tensor(2).I);
        long[] places = [.. image.Select((s, a) => ((s + PoolAxis.At(Pads, a, 0) + PoolAxis.At(Pads, image.Length + a, 0) - (PoolAxis.At(Dilations, a, 1) * (block[a] - 1)) - 1) / PoolAxis.At(Strides, a, 1)) + 1)];
        long count = block.Aggregate(1L, static (a, b) => a * b);
        long[] dims = [x.Dims[0], x.Dims[1] / count, .. image];
        long area = AxisSizes.After(dims, 1);
        long[] strides = AxisSizes.Strides(image);
        double[] sums = new double[dims.Aggregate(1L, static (a, b) => a * b)];
        for (int i = 0; i < x.Count; i++)
        {
            (long row, long place) = (i / x.Dims[2], i % x.Dims[2]);
            (long[] k, long[] at) = (AxisSizes.Coordinates(block, row % count), AxisSizes.Coordinates(places, place));
            long[] position = [.. at.Select((p, a) => (p * PoolAxis.At(Strides, a, 1)) - PoolAxis.At(Pads, a, 0) + (k[a] * PoolAxis.At(Dilations, a, 1)))];
            if (position.Zip(image).All(static p => p.First >= 0 && p.First < p.Second))
            {
                sums[(row / count * area) + position.Zip(strides).Sum(static p => p.First * p.Second)] += x.Number(i);
            }
        }

        return [x.DType.IsFloat() ? RefTensor.Floats(x.DType, dims, sums) : RefTensor.Ints(x.DType, dims, [.. sums.Select(v => Wrap.To(x.DType, (long)v))])];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0, Folding.Shared, Folding.Shared]);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Col2Im", 18, OnnxAttr.Of("dilations"), OnnxAttr.Of("pads"), OnnxAttr.Of("strides"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("blocks", static g => [g.Col2Im(g.In("x", "f32[1, 5, 5]"), g.Ints(5, 5), g.Ints(1, 5))]),
        new("strided", static g => [g.Col2Im(g.In("x", "f32[1, 9, 4]"), g.Ints(5, 5), g.Ints(3, 3), strides: [2, 2])]),
        new("padded", static g => [g.Col2Im(g.In("x", "f32[1, 5, 15]"), Runtime.Ints(g, 5, 5), g.Ints(1, 5), pads: [0, 1, 0, 1])]),
    ];
}
