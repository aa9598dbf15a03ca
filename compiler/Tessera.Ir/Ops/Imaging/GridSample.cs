using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// <c>x[N, C, s…]</c> sampled at positions <c>grid[N, o…, k]</c> in [−1, 1], the last spatial axis first → <c>[N, C, o…]</c> (arXiv 1506.02025).
/// </summary>
[Op("grid_sample")]
public sealed partial record GridSample(Value X, Value Grid) : Op
{
    /// <summary>±1 are the centres of the outermost elements, else their edges.</summary>
    public bool AlignCorners { get; init; }

    public GridSampleMode Mode { get; init; }

    /// <summary><c>zeros</c>, <c>border</c> or <c>reflection</c>.</summary>
    public string PaddingMode { get; init; } = "zeros";

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        (Shape x, Shape grid) = (context.ShapeOf(X), context.ShapeOf(Grid));
        bool known = PaddingMode is "zeros" or "border" or "reflection";
        return x.Rank >= 3 && grid.Rank == x.Rank && known && X.DType.IsFloat()
            ? [new TensorType(X.DType, [x[0], x[1], .. grid.Skip(1).SkipLast(1)])]
            : throw context.Error("TSR0203", $"x must be float [N, C, s…] and the grid [N, o…, {x.Rank - 2}] of the same rank; they are {X.Type} and {Grid.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, RefTensor grid) = (context.Tensor(0), context.Tensor(1));
        int axes = x.Rank - 2;
        long[] dims = [x.Dims[0], x.Dims[1], .. grid.Dims.Skip(1).SkipLast(1)];
        long places = dims.Skip(2).Aggregate(1L, static (a, b) => a * b);
        long area = x.Dims.Skip(2).Aggregate(1L, static (a, b) => a * b);
        long[] sizes = [.. x.Dims.Skip(2)];
        double[] result = new double[dims.Aggregate(1L, static (a, b) => a * b)];
        for (int i = 0; i < result.Length; i++)
        {
            long place = (i / places / dims[1] * places) + (i % places);
            double[] at = [.. sizes.Select((s, a) => Denormalise(grid.F[(place * axes) + axes - 1 - a], s))];
            result[i] = At(x.F, i / places * area, sizes, at, 0);
        }

        return [RefTensor.Floats(x.DType, dims, result)];
    }

    // One axis after the other: the value is a weighted sum over its neighbours along the axis.
    private double At(double[] x, long offset, long[] sizes, double[] at, int axis)
    {
        if (axis == sizes.Length)
        {
            return x[offset];
        }

        double sum = 0;
        long stride = sizes.Skip(axis + 1).Aggregate(1L, static (a, b) => a * b);
        foreach ((long index, double weight) in Neighbours(at[axis], sizes[axis]))
        {
            long inside = Inside(index, sizes[axis]);
            sum += inside < 0 || weight == 0 ? 0 : weight * At(x, offset + (inside * stride), sizes, at, axis + 1);
        }

        return sum;
    }

    private IEnumerable<(long Index, double Weight)> Neighbours(double position, long size)
    {
        double at = Mode == GridSampleMode.Nearest ? Math.Round(position) : position;
        (double low, double high) = Ends(size);
        if (!(at >= low && at <= high))
        {
            at = double.IsNaN(at) ? at
                : PaddingMode == "border" && Mode != GridSampleMode.Cubic ? Math.Clamp(at, 0, size - 1)
                : PaddingMode == "reflection" ? Reflected(at, low, high)
                : at;
        }

        if (double.IsNaN(at) || Math.Abs(at) > 1L << 60)
        {
            return [];
        }

        long floor = (long)Math.Floor(at);
        double part = at - floor;
        return Mode switch
        {
            GridSampleMode.Nearest => [((long)at, 1)],
            GridSampleMode.Linear => [(floor, 1 - part), (floor + 1, part)],
            _ => Enumerable.Range(-1, 4).Select(k => (floor + k, ResizeAxis.Cubic(part - k, -0.75))),
        };
    }

    private long Inside(long index, long size)
    {
        (double low, double high) = Ends(size);
        return index >= 0 && index < size ? index
            : PaddingMode == "border" ? Math.Clamp(index, 0, size - 1)
            : PaddingMode == "reflection" ? Math.Clamp((long)Reflected(index, low, high), 0, size - 1)
            : -1;
    }

    private (double Low, double High) Ends(long size) => AlignCorners ? (0, size - 1) : (-0.5, size - 0.5);

    private static double Reflected(double at, double low, double high)
    {
        double range = high - low;
        if (range <= 0)
        {
            return low;
        }

        double beyond = at < low ? low - at : at > high ? at - high : 0;
        double turns = Math.Floor(beyond / range);
        double rest = beyond - (turns * range);
        bool even = turns % 2 == 0;
        return beyond == 0 ? at : (at < low) == even ? low + rest : high - rest;
    }

    private double Denormalise(double at, long size) => AlignCorners ? (at + 1) / 2 * (size - 1) : (((at + 1) * size) - 1) / 2;

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0, 0]);

    internal static OnnxMapping Onnx { get; } = new OnnxMapping(
        EquatableArray.Create<OnnxRow>([
            .. Enum.GetValues<GridSampleMode>().Select(static mode => new OnnxRow("GridSample", 16)
            {
                Until = 20,
                Attributes =
                [
                    OnnxAttr.Of("align_corners"), OnnxAttr.Of("padding_mode"),
                    new OnnxAttr.Fixed("mode", mode == GridSampleMode.Linear ? "bilinear" : mode == GridSampleMode.Cubic ? "bicubic" : "nearest", IsDefault: mode == GridSampleMode.Linear),
                ],
                When = op => op is GridSample { X.Type: TensorType { Shape.Rank: 4 } } sample && sample.Mode == mode,
            }),
            new OnnxRow("GridSample", 20) { Attributes = [OnnxAttr.Of("align_corners"), OnnxAttr.Of("padding_mode"), OnnxAttr.Of("mode")] },
        ])).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("linear", "f32[1, 2, 4, 5]", "f32[1, 3, 2, 2]", GridSampleMode.Linear, "zeros", false),
        Sample("nearest", "f32[2, 1, 4, 4]", "f32[2, 3, 3, 2]", GridSampleMode.Nearest, "border", true),
        Sample("cubic", "f32[1, 1, 5, 4]", "f32[1, 2, 3, 2]", GridSampleMode.Cubic, "reflection", false),
        Sample("3d", "f32[1, 2, 3, 4, 2]", "f32[1, 2, 2, 3, 3]", GridSampleMode.Linear, "border", true),
    ];

    private static OpSample Sample(string name, string x, string grid, GridSampleMode mode, string padding, bool align) =>
        new(name, g => [g.GridSample(g.In("x", x), g.In("g", grid), align, mode, padding)]) { Range = (-1.4, 1.4) };
}
