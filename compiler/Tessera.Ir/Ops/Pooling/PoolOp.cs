using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Folds each window of <c>x[N, C, s…]</c> into one element. A result has, along each spatial axis,
/// <c>(s + pads − dilation · (k − 1) − 1) / stride + 1</c> elements, rounded down or, in ceil mode, up, as long as the last window begins
/// inside x and its leading padding.
/// </summary>
public abstract record PoolOp(Value X) : Op
{
    public override OpTraits Traits => OpTraits.Costly;

    /// <summary>Sizes of the window.</summary>
    public required EquatableArray<long> Kernel { get; init; }

    /// <summary>One for each spatial axis; empty means 1 throughout.</summary>
    public EquatableArray<long> Strides { get; init; }

    /// <summary>Before each spatial axis in order, then behind each; empty means none.</summary>
    public EquatableArray<long> Pads { get; init; }

    /// <summary>One for each spatial axis; empty means 1 throughout.</summary>
    public EquatableArray<long> Dilations { get; init; }

    public bool CeilMode { get; init; }

    /// <summary>NOTSET, VALID (no padding), SAME_UPPER or SAME_LOWER (so much that the result has ⌈s / stride⌉ elements).</summary>
    public string AutoPad { get; init; } = "NOTSET";

    private bool IsSame => AutoPad is "SAME_UPPER" or "SAME_LOWER";

    private protected virtual bool Accepts(DType dtype) => dtype.IsFloat();

    /// <summary>The shape of the result.</summary>
    private protected Shape ResultShape(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        int spatial = x.Rank - 2;
        if (spatial < 1 || Kernel.Count != spatial || !Lists(spatial) || AutoPad is not ("NOTSET" or "VALID" or "SAME_UPPER" or "SAME_LOWER"))
        {
            throw context.Error("TSR0203", $"x must be [N, C, s…] with a positive kernel size, stride and dilation and two pads for each spatial axis; it is {X.Type}, kernel {Kernel}.");
        }

        return Accepts(X.DType)
            ? [x[0], x[1], .. Enumerable.Range(0, spatial).Select(a => Size(context, x[a + 2], a, spatial))]
            : throw context.Error("TSR0206", $"it is not defined for {X.Type}.");
    }

    private Dim Size(InferContext context, Dim size, int axis, int spatial)
    {
        if (size.ConstValue is { } known)
        {
            long count = PoolAxis.Of(this, known, axis, spatial).Count;
            return count >= 0 ? count : throw context.Error("TSR0203", $"the window spans more than axis {axis + 2} of {X.Type} with its pads.");
        }

        long stride = PoolAxis.At(Strides, axis, 1);
        if (IsSame)
        {
            return context.Facts.Simplify(Dim.CeilDiv(size, stride));
        }

        long pads = AutoPad == "VALID" ? 0 : PoolAxis.At(Pads, axis, 0) + PoolAxis.At(Pads, spatial + axis, 0);
        Dim room = size + pads - (PoolAxis.At(Dilations, axis, 1) * (Kernel[axis] - 1)) - 1;
        return CeilMode && AutoPad != "VALID" && stride > 1 ? context.Fresh(0, axis + 2) : context.Facts.Simplify(Dim.FloorDiv(room, stride) + 1);
    }

    private bool Lists(int spatial) => (Strides.Count == 0 || Strides.Count == spatial) && (Dilations.Count == 0 || Dilations.Count == spatial)
        && (Pads.Count == 0 || Pads.Count == 2 * spatial) && Kernel.All(static v => v > 0) && Strides.All(static v => v > 0) && Dilations.All(static v => v > 0);

    private protected static OnnxAttr[] Attributes =>
    [
        new OnnxAttr.Direct("kernel_shape", "kernel"), OnnxAttr.Of("strides"), OnnxAttr.Of("pads"), OnnxAttr.Of("auto_pad"),
    ];

    /// <summary>For each element of the result, the positions in x of its window and how many places the window has, padding of x included.</summary>
    private protected IEnumerable<(List<int> Inside, int Places)> Windows(RefTensor x)
    {
        int spatial = x.Rank - 2;
        PoolAxis[] axes = [.. Enumerable.Range(0, spatial).Select(a => PoolAxis.Of(this, x.Dims[a + 2], a, spatial))];
        long[] counts = [.. axes.Select(Count)];
        long[] strides = AxisSizes.Strides([.. x.Dims.Skip(2)]);
        long area = x.Dims.Skip(2).Aggregate(1L, static (a, b) => a * b);
        long results = counts.Aggregate(1L, static (a, b) => a * b);
        long kernel = Kernel.Aggregate(1L, static (a, b) => a * b);
        for (long plane = 0; plane < x.Dims[0] * x.Dims[1]; plane++)
        {
            for (long i = 0; i < results; i++)
            {
                yield return Window(axes, AxisSizes.Coordinates(counts, i), kernel, plane * area, strides);
            }
        }
    }

    private (List<int> Inside, int Places) Window(PoolAxis[] axes, long[] at, long kernel, long offset, long[] strides)
    {
        List<int> inside = [];
        int places = 0;
        for (long j = 0; j < kernel; j++)
        {
            long[] k = AxisSizes.Coordinates([.. Kernel], j);
            (long from, bool isInside, bool isPlace) = (offset, true, true);
            for (int a = 0; a < axes.Length; a++)
            {
                long position = (at[a] * axes[a].Stride) - axes[a].Before + (k[a] * axes[a].Dilation);
                isInside &= position >= 0 && position < axes[a].Size;
                isPlace &= position < axes[a].Size + axes[a].After;
                from += position * strides[a];
            }

            places += isPlace ? 1 : 0;
            if (isInside)
            {
                inside.Add((int)from);
            }
        }

        return (inside, places);
    }

    /// <summary>Sizes of the result of a run.</summary>
    private protected long[] Sizes(RefTensor x) =>
        [x.Dims[0], x.Dims[1], .. Enumerable.Range(0, x.Rank - 2).Select(a => Count(PoolAxis.Of(this, x.Dims[a + 2], a, x.Rank - 2), a))];

    // An axis that a run makes shorter than the window, by less than a step, has none.
    private long Count(PoolAxis axis, int a)
    {
        long room = axis.Size + axis.Before + axis.After - (axis.Dilation * (Kernel[a] - 1)) - 1;
        return axis.Count >= 0 ? axis.Count
            : room >= -axis.Stride ? 0
            : throw new TesseraException("TSR0301", Schema.Name, $"the window spans more than the {axis.Size} elements of spatial axis {a} with its pads.");
    }
}
