using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// The transpose of a convolution as ONNX's ConvTranspose: <c>x[N, C, s…], w[C, M / group, k…], bias[M] → [N, M, o…]</c> with
/// <c>o = stride · (s − 1) + output_padding + dilation · (k − 1) + 1 − pads</c>. Where the output shape is given, or the padding is to make it
/// <c>s · stride</c>, pads follow from it: the smaller half comes first with SAME_UPPER, else the larger.
/// </summary>
[Op("conv_transpose")]
public sealed partial record ConvTranspose(Value X, Value W, Value? Bias) : Op
{
    public EquatableArray<long> Kernel { get; init; }

    public EquatableArray<long> Strides { get; init; }

    public EquatableArray<long> Pads { get; init; }

    public EquatableArray<long> Dilations { get; init; }

    public EquatableArray<long> OutputPadding { get; init; }

    public EquatableArray<long> OutputShape { get; init; }

    public long Group { get; init; } = 1;

    /// <summary>NOTSET, VALID, SAME_UPPER or SAME_LOWER.</summary>
    public string AutoPad { get; init; } = "NOTSET";

    public override OpTraits Traits => OpTraits.Costly;

    // Every element of x meets the kernels of its group.
    public override Dim Macs => X.Shape.NumElements * Dim.Product(W.Shape.Skip(1));

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.RequireSameDType(X, W);
        (Shape x, Shape w) = (context.ShapeOf(X), context.ShapeOf(W));
        int spatial = x.Rank - 2;
        if (spatial < 1 || w.Rank != x.Rank || Group < 1 || !X.DType.IsFloat() || !Lists(spatial))
        {
            throw context.Error("TSR0203", $"x must be float [N, C, s…] and w [C, M / {Group}, k…] of the same rank, with attributes for each spatial axis; they are {X.Type} and {W.Type}.");
        }

        context.RequireEqual(x[1], w[0], "channels of x and w");
        if (Bias is not null)
        {
            context.RequireSameDType(X, Bias);
            context.RequireEqual(context.ShapeOf(Bias).NumElements, w[1] * Group, "sizes of bias and of the result's channels");
        }

        return [new TensorType(X.DType, [x[0], context.Facts.Simplify(w[1] * Group), .. Enumerable.Range(0, spatial).Select(a => context.Facts.Simplify(Size(x[a + 2], w[a + 2], a, spatial)))])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, RefTensor w) = (context.Tensor(0), context.Tensor(1));
        int spatial = x.Rank - 2;
        long[] dims = [x.Dims[0], w.Dims[1] * Group, .. Enumerable.Range(0, spatial).Select(a => Size(x.Dims[a + 2], w.Dims[a + 2], a, spatial).ConstValue!.Value)];
        long[] before = [.. Enumerable.Range(0, spatial).Select(a => Before(x.Dims[a + 2], w.Dims[a + 2], dims[a + 2], a, spatial))];
        long area = AxisSizes.After(dims, 1);
        double[]? bias = context.OptionalTensor(2)?.F;
        double[] result = [.. Enumerable.Range(0, (int)dims.Aggregate(1L, static (a, b) => a * b)).Select(i => bias?[i / area % dims[1]] ?? 0)];
        for (int i = 0; i < x.Count; i++)
        {
            Spread(AxisSizes.Coordinates(x.Dims, i), x, w, x.F[i], before, dims, result);
        }

        return [RefTensor.Floats(x.DType, dims, result)];
    }

    // One element of x meets each element of its channel's kernels.
    private void Spread(long[] at, RefTensor x, RefTensor w, double value, long[] before, long[] dims, double[] result)
    {
        long[] kernel = [.. w.Dims.Skip(1)];
        long[] strides = AxisSizes.Strides(dims);
        long count = kernel.Aggregate(1L, static (a, b) => a * b);
        long first = at[1] / (x.Dims[1] / Group) * w.Dims[1];
        for (long i = 0; i < count; i++)
        {
            long[] k = AxisSizes.Coordinates(kernel, i);
            long to = (at[0] * strides[0]) + ((first + k[0]) * strides[1]);
            bool inside = true;
            for (int a = 0; a < before.Length && inside; a++)
            {
                long position = (at[a + 2] * PoolAxis.At(Strides, a, 1)) + (k[a + 1] * PoolAxis.At(Dilations, a, 1)) - before[a];
                inside = position >= 0 && position < dims[a + 2];
                to += position * strides[a + 2];
            }

            if (inside)
            {
                result[to] += value * w.F[(at[1] * count) + i];
            }
        }
    }

    private Dim Size(Dim size, Dim kernel, int a, int spatial) => OutputShape.Count > 0 ? OutputShape[OutputShape.Count - spatial + a]
        : AutoPad is "SAME_UPPER" or "SAME_LOWER" ? size * PoolAxis.At(Strides, a, 1)
        : Full(size, kernel, a) - (AutoPad == "VALID" ? 0 : PoolAxis.At(Pads, a, 0) + PoolAxis.At(Pads, spatial + a, 0));

    private Dim Full(Dim size, Dim kernel, int a) =>
        ((size - 1) * PoolAxis.At(Strides, a, 1)) + PoolAxis.At(OutputPadding, a, 0) + ((kernel - 1) * PoolAxis.At(Dilations, a, 1)) + 1;

    private long Before(long size, long kernel, long result, int a, int spatial)
    {
        if (OutputShape.Count == 0 && AutoPad is "NOTSET" or "VALID")
        {
            return AutoPad == "VALID" ? 0 : PoolAxis.At(Pads, a, 0);
        }

        long total = Math.Max(0, Full(size, kernel, a).ConstValue!.Value - result);
        return AutoPad == "SAME_UPPER" ? total / 2 : total - (total / 2);
    }

    private bool Lists(int spatial) => Fits(Strides, spatial) && Fits(Dilations, spatial) && Fits(OutputPadding, spatial) && Fits(Kernel, spatial)
        && (Pads.Count == 0 || Pads.Count == 2 * spatial) && (Fits(OutputShape, spatial) || OutputShape.Count == spatial + 2)
        && Strides.All(static v => v > 0) && Dilations.All(static v => v > 0) && AutoPad is "NOTSET" or "VALID" or "SAME_UPPER" or "SAME_LOWER";

    private static bool Fits(EquatableArray<long> list, int spatial) => list.Count == 0 || list.Count == spatial;

    public override IReadOnlyList<Batched> Batch(BatchContext context) => ConvTransposeBatching.Batch(context, this);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple(
        "ConvTranspose",
        1,
        new OnnxAttr.Direct("kernel_shape", "kernel"),
        OnnxAttr.Of("strides"),
        OnnxAttr.Of("pads"),
        OnnxAttr.Of("dilations"),
        OnnxAttr.Of("output_padding"),
        OnnxAttr.Of("output_shape"),
        OnnxAttr.Of("group"),
        OnnxAttr.Of("auto_pad")).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("2d", static g => [g.ConvTranspose(g.In("x", "f32[1, 2, 3, n]"), g.In("w", "f32[2, 3, 3, 2]"), g.In("b", "f32[3]"), strides: [2, 1], pads: [1, 0, 0, 1])]) { Sizes = ShapingSamples.NotEmpty },
        new("1d", static g => [g.ConvTranspose(g.In("x", "f32[1, 1, 3]"), g.In("w", "f32[1, 2, 3]"), null, strides: [3], outputPadding: [1])]),
        new("shaped", static g => [g.ConvTranspose(g.In("x", "f32[1, 1, 3, 3]"), g.In("w", "f32[1, 2, 3, 3]"), null, strides: [3, 2], outputShape: [10, 8], outputPadding: [1, 1])]),
        new("same", static g => [g.ConvTranspose(g.In("x", "f32[1, 1, 3, 3]"), g.In("w", "f32[1, 2, 3, 3]"), null, strides: [2, 2], autoPad: "SAME_UPPER")]),
        new("groups", static g => [g.ConvTranspose(g.In("x", "f32[2, 4, 3]"), g.In("w", "f32[4, 1, 3]"), null, dilations: [2], group: 2)]),
    ];
}
