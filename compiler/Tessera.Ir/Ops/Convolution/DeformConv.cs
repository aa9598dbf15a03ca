using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Convolution over two spatial axes whose kernel elements are each moved by an offset and weighed by a mask (arXiv 1811.11168):
/// <c>x[N, C, H, W], w[M, C / group, kh, kw], offset[N, g · kh · kw · 2, oh, ow], bias[M], mask[N, g · kh · kw, oh, ow]</c>; x is sampled
/// bilinearly, zero outside. Offsets are (y, x) in pixels.
/// </summary>
[Op("deform_conv")]
public sealed partial record DeformConv(Value X, Value W, Value Offset, Value? Bias, Value? Mask) : Op
{
    public EquatableArray<long> Kernel { get; init; }

    public EquatableArray<long> Strides { get; init; }

    public EquatableArray<long> Pads { get; init; }

    public EquatableArray<long> Dilations { get; init; }

    public long Group { get; init; } = 1;

    public long OffsetGroup { get; init; } = 1;

    public override Dim Macs => Outputs[0].Shape.NumElements * Dim.Product(W.Shape.Skip(1));

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.RequireSameDType(X, W);
        context.RequireSameDType(X, Offset);
        (Shape x, Shape w, Shape offset) = (context.ShapeOf(X), context.ShapeOf(W), context.ShapeOf(Offset));
        if (x.Rank != 4 || w.Rank != 4 || offset.Rank != 4 || !X.DType.IsFloat() || Group < 1 || OffsetGroup < 1
            || !(Fits(Strides, 2) && Fits(Dilations, 2) && Fits(Kernel, 2) && Fits(Pads, 4)))
        {
            throw context.Error("TSR0203", $"x, w and offset must be float and of rank 4; they are {X.Type}, {W.Type} and {Offset.Type}.");
        }

        context.RequireEqual(x[1], w[1] * Group, "channels of x and w");
        return [new TensorType(X.DType, [x[0], w[0], .. Enumerable.Range(0, 2).Select(a => context.Facts.Simplify(Size(x[a + 2], w[a + 2], a)))])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, RefTensor w) = (context.Tensor(0), context.Tensor(1));
        long[] dims = [x.Dims[0], w.Dims[0], Size(x.Dims[2], w.Dims[2], 0).ConstValue!.Value, Size(x.Dims[3], w.Dims[3], 1).ConstValue!.Value];
        double[]? bias = context.OptionalTensor(3)?.F;
        double[] result = new double[dims.Aggregate(1L, static (a, b) => a * b)];
        for (int i = 0; i < result.Length; i++)
        {
            long[] at = AxisSizes.Coordinates(dims, i);
            result[i] = (bias?[at[1]] ?? 0) + Products(x, w, context.Tensor(2), context.OptionalTensor(4), dims, at).Sum();
        }

        return [RefTensor.Floats(x.DType, dims, result)];
    }

    private IEnumerable<double> Products(RefTensor x, RefTensor w, RefTensor offset, RefTensor? mask, long[] dims, long[] at)
    {
        (long channels, long rows, long columns) = (w.Dims[1], w.Dims[2], w.Dims[3]);
        long group = at[1] / (w.Dims[0] / Group);
        long area = dims[2] * dims[3];
        long place = (at[2] * dims[3]) + at[3];
        for (long i = 0; i < channels * rows * columns; i++)
        {
            (long c, long k) = ((group * channels) + (i / (rows * columns)), i % (rows * columns));
            long tap = (c / (x.Dims[1] / OffsetGroup) * rows * columns) + k;
            long taps = OffsetGroup * rows * columns;
            double y = Start(0, at[2]) + (k / columns * PoolAxis.At(Dilations, 0, 1)) + offset.F[((((at[0] * taps) + tap) * 2) * area) + place];
            double column = Start(1, at[3]) + (k % columns * PoolAxis.At(Dilations, 1, 1)) + offset.F[(((((at[0] * taps) + tap) * 2) + 1) * area) + place];
            double weight = w.F[(at[1] * channels * rows * columns) + i] * (mask?.F[(((at[0] * taps) + tap) * area) + place] ?? 1);
            yield return weight * Sample(x, ((at[0] * x.Dims[1]) + c) * x.Dims[2] * x.Dims[3], y, column);
        }
    }

    private static double Sample(RefTensor x, long plane, double y, double column)
    {
        (double top, double left) = (Math.Floor(y), Math.Floor(column));
        double sum = 0;
        for (int corner = 0; corner < 4; corner++)
        {
            (double r, double c) = (top + (corner / 2), left + (corner % 2));
            double weight = (1 - Math.Abs(y - r)) * (1 - Math.Abs(column - c));
            if (weight != 0 && r >= 0 && r < x.Dims[2] && c >= 0 && c < x.Dims[3])
            {
                sum += weight * x.F[plane + ((long)r * x.Dims[3]) + (long)c];
            }
        }

        return sum;
    }

    private long Start(int a, long at) => (at * PoolAxis.At(Strides, a, 1)) - PoolAxis.At(Pads, a, 0);

    private Dim Size(Dim size, Dim kernel, int a) => Dim.FloorDiv(
        size + (PoolAxis.At(Pads, a, 0) + PoolAxis.At(Pads, 2 + a, 0)) - ((kernel - 1) * PoolAxis.At(Dilations, a, 1)) - 1, PoolAxis.At(Strides, a, 1)) + 1;

    private static bool Fits(EquatableArray<long> list, int count) => list.Count == 0 || list.Count == count;

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0, Folding.Shared, 0, Folding.Shared, 0]);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple(
        "DeformConv",
        19,
        new OnnxAttr.Direct("kernel_shape", "kernel"),
        OnnxAttr.Of("strides"),
        OnnxAttr.Of("pads"),
        OnnxAttr.Of("dilations"),
        OnnxAttr.Of("group"),
        OnnxAttr.Of("offset_group")).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("plain", static g => [g.DeformConv(g.In("x", "f32[1, 2, 4, 4]"), g.In("w", "f32[3, 2, 2, 2]"), g.In("o", "f32[1, 8, 3, 3]"), g.In("b", "f32[3]"), null)]),
        new("masked", static g => [g.DeformConv(g.In("x", "f32[1, 2, 3, 3]"), g.In("w", "f32[2, 2, 2, 2]"), g.In("o", "f32[1, 16, 4, 4]"), null, g.In("m", "f32[1, 8, 4, 4]"), pads: [1, 1, 1, 1], offsetGroup: 2)]),
    ];
}
