using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Mean or maximum of bilinear samples of <c>x[N, C, H, W]</c> in a grid over each region of <c>rois[R, 4]</c>, (x1, y1, x2, y2), of image
/// <c>batch_indices[R]</c> → <c>[R, C, h, w]</c> (arXiv 1703.06870). The maximum is over the four weighted corners of each sample.
/// </summary>
[Op("roi_align")]
public sealed partial record RoiAlign(Value X, Value Rois, Value BatchIndices) : Op
{
    /// <summary><c>half_pixel</c>, or <c>output_half_pixel</c> without the shift by half a pixel.</summary>
    public string Coordinates { get; init; } = "half_pixel";

    /// <summary><c>avg</c> or <c>max</c>.</summary>
    public string Mode { get; init; } = "avg";

    public long Height { get; init; } = 1;

    public long Width { get; init; } = 1;

    /// <summary>Samples along each side of a bin; 0 means as many as the bin has pixels, rounded up.</summary>
    public long SamplingRatio { get; init; }

    public Real SpatialScale { get; init; } = 1;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.RequireSameDType(X, Rois);
        (Shape x, Shape rois) = (context.ShapeOf(X), context.ShapeOf(Rois));
        bool known = Mode is "avg" or "max" && Coordinates is "half_pixel" or "output_half_pixel";
        return x.Rank == 4 && rois.Rank == 2 && X.DType.IsFloat() && Height > 0 && Width > 0 && SamplingRatio >= 0 && known
            ? [new TensorType(X.DType, [rois[0], x[1], Height, Width])]
            : throw context.Error("TSR0203", $"x must be float [N, C, H, W] and rois [R, 4]; they are {X.Type} and {Rois.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, RefTensor rois, RefTensor images) = (context.Tensor(0), context.Tensor(1), context.Tensor(2));
        long[] dims = [rois.Dims[0], x.Dims[1], Height, Width];
        double[] result = new double[dims.Aggregate(1L, static (a, b) => a * b)];
        for (int i = 0; i < result.Length; i++)
        {
            long[] at = AxisSizes.Coordinates(dims, i);
            int plane = (int)(((images.I[at[0]] * x.Dims[1]) + at[1]) * x.Dims[2] * x.Dims[3]);
            result[i] = Bin(x, plane, [.. Enumerable.Range(0, 4).Select(k => rois.F[(at[0] * 4) + k])], at[2], at[3]);
        }

        return [RefTensor.Floats(x.DType, dims, result)];
    }

    private double Bin(RefTensor x, int plane, double[] roi, long row, long column)
    {
        double shift = Coordinates == "half_pixel" ? 0.5 : 0;
        double[] ends = [.. roi.Select(v => (v * SpatialScale) - shift)];
        (double width, double height) = (ends[2] - ends[0], ends[3] - ends[1]);
        if (shift == 0)
        {
            (width, height) = (Math.Max(width, 1), Math.Max(height, 1));
        }

        (double binHeight, double binWidth) = (height / Height, width / Width);
        long rows = SamplingRatio > 0 ? SamplingRatio : (long)Math.Ceiling(binHeight);
        long columns = SamplingRatio > 0 ? SamplingRatio : (long)Math.Ceiling(binWidth);
        List<double> samples = [];
        for (long i = 0; i < rows; i++)
        {
            for (long j = 0; j < columns; j++)
            {
                double[] corners = Corners(
                    x, plane, ends[1] + (row * binHeight) + ((i + 0.5) * binHeight / rows), ends[0] + (column * binWidth) + ((j + 0.5) * binWidth / columns));
                samples.Add(Mode == "avg" ? corners.Sum() : corners.Max());
            }
        }

        return samples.Count == 0 ? 0 : Mode == "avg" ? samples.Sum() / samples.Count : samples.Max();
    }

    // The four neighbours, each times its weight.
    private static double[] Corners(RefTensor x, int plane, double y, double column)
    {
        (long height, long width) = (x.Dims[2], x.Dims[3]);
        if (y < -1 || y > height || column < -1 || column > width)
        {
            return [0, 0, 0, 0];
        }

        (long top, long bottom, double dy) = Neighbours(y, height);
        (long left, long right, double dx) = Neighbours(column, width);
        double At(long r, long c) => x.F[plane + (r * width) + c];
        return [(1 - dy) * (1 - dx) * At(top, left), (1 - dy) * dx * At(top, right), dy * (1 - dx) * At(bottom, left), dy * dx * At(bottom, right)];
    }

    private static (long Low, long High, double Part) Neighbours(double at, long size)
    {
        double inside = Math.Max(at, 0);
        long low = (long)inside;
        return low >= size - 1 ? (size - 1, size - 1, 0) : (low, low + 1, inside - low);
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0, 0, 0], emit: operands =>
    {
        Value images = context.Builder.Add(operands[2]!, MemberOffsets.Of(context, 1, context.ShapeOf(0)[0]));
        return [context.Emit(this with { X = operands[0]!, Rois = operands[1]!, BatchIndices = images })];
    });

    internal static OnnxMapping Onnx { get; } = new OnnxMapping(
        new OnnxRow("RoiAlign", 10) { Until = 16, Attributes = Attributes(), When = static op => op is RoiAlign { Coordinates: "output_half_pixel" } },
        new OnnxRow("RoiAlign", 16) { Attributes = [.. Attributes(), new OnnxAttr.Direct("coordinate_transformation_mode", "coordinates")] }).TakesFrom(22, DType.BF16);

    private static EquatableArray<OnnxAttr> Attributes() =>
    [
        OnnxAttr.Of("mode"), new OnnxAttr.Direct("output_height", "height"), new OnnxAttr.Direct("output_width", "width"),
        OnnxAttr.Of("sampling_ratio"), OnnxAttr.Of("spatial_scale"),
    ];

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("mean", static g => [Over(g, new RoiAlign(g.In("x", "f32[2, 2, 6, 6]"), Regions(g), g.Ints(0, 1)) { Height = 2, Width = 3, SamplingRatio = 2 })]) { NoRuntime = NoKernel },
        new("maximum", static g => [Over(g, new RoiAlign(g.In("x", "f32[2, 2, 6, 6]"), Regions(g), g.Ints(1, 1)) { Mode = "max", Height = 2, Width = 2 })]) { NoRuntime = NoKernel },
        new("unshifted", static g => [Over(g, new RoiAlign(g.In("x", "f32[2, 1, 6, 6]"), Regions(g), g.Ints(1, 0)) { Coordinates = "output_half_pixel", SpatialScale = 0.5 })]) { NoRuntime = NoKernel },
    ];

    private const string NoKernel = "ONNX Runtime has no kernel for opset 22";

    private static Value Over(GraphBuilder g, RoiAlign op) => g.Emit(op);

    private static Value Regions(GraphBuilder g) => g.Constant(TensorContent.From(DType.F32, [2, 4], [0.5f, 1, 4, 5.5f, 0, 0, 3, 2]));
}
