using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// ONNX's Resize: x with some axes (all where none are named) scaled by <c>scales f32[k]</c> or to <c>sizes i64[k]</c>, one of which is
/// given. <c>roi[2k]</c>, starts then ends in [0, 1], matters to <c>tf_crop_and_resize</c> alone.
/// </summary>
[Op("resize")]
public sealed partial record Resize(Value X, Value? Roi, Value? Scales, Value? Sizes) : Op
{
    /// <summary><c>nearest</c>, <c>linear</c> or <c>cubic</c>.</summary>
    public string Mode { get; init; } = "nearest";

    /// <summary>Where in x an element of the result lies: <c>half_pixel</c>, <c>half_pixel_symmetric</c>, <c>pytorch_half_pixel</c>, <c>align_corners</c>, <c>asymmetric</c>, <c>tf_half_pixel_for_nn</c> or <c>tf_crop_and_resize</c>.</summary>
    public string Coordinates { get; init; } = "half_pixel";

    /// <summary><c>round_prefer_floor</c>, <c>round_prefer_ceil</c>, <c>floor</c> or <c>ceil</c>.</summary>
    public string NearestMode { get; init; } = "round_prefer_floor";

    public EquatableArray<long> Axes { get; init; }

    public bool Antialias { get; init; }

    public Real CubicCoeffA { get; init; } = -0.75;

    /// <summary>Neighbours outside x weigh nothing, and the others make up for it.</summary>
    public bool ExcludeOutside { get; init; }

    /// <summary>What lies outside x with <c>tf_crop_and_resize</c>.</summary>
    public Real ExtrapolationValue { get; init; }

    /// <summary>How sizes are met: <c>stretch</c>, <c>not_larger</c> or <c>not_smaller</c>, the latter by one scale for all axes.</summary>
    public string KeepAspectRatioPolicy { get; init; } = "stretch";

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if ((Scales is null) == (Sizes is null) || Mode is not ("nearest" or "linear" or "cubic"))
        {
            throw context.Error("TSR0203", $"either scales or sizes must be given, and a known mode; the mode is {Mode}.");
        }

        Shape shape = context.ShapeOf(X);
        int[] axes = Axes.Count == 0 ? [.. Enumerable.Range(0, shape.Rank)] : [.. Axes.Select(a => context.Axis(a, shape.Rank))];
        Shape result = shape;
        for (int k = 0; k < axes.Length; k++)
        {
            result = result.With(axes[k], Size(shape[axes[k]], k, axes.Length) ?? context.Fresh(0, axes[k]));
        }

        return [new TensorType(X.DType, result)];
    }

    private Dim? Size(Dim size, int k, int count)
    {
        if (Sizes is not null)
        {
            return KeepAspectRatioPolicy == "stretch" && Sizes.Sizes is { } sizes && sizes.Count == count ? sizes[k] : null;
        }

        if (Scales!.Op is not Constant { Value: { } content } || content.Count != count)
        {
            return null;
        }

        float scale = (float)RefTensors.FromContent(content).F[k];
        return size.ConstValue is { } known ? (long)Math.Floor(known * (double)scale)
            : scale == MathF.Floor(scale) && scale > 0 ? size * (long)scale
            : null;
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        int[] axes = Axes.Count == 0 ? [.. Enumerable.Range(0, x.Rank)] : [.. Axes.Select(a => (int)(a < 0 ? a + x.Rank : a))];
        (double[] scales, long[] sizes) = Target(context, [.. axes.Select(a => x.Dims[a])]);
        double[]? roi = context.OptionalTensor(1) is { } region && region.Count == 2 * axes.Length ? region.F : null;
        RefTensor result = x;
        for (int k = 0; k < axes.Length; k++)
        {
            (double, double) span = roi is null ? (0, 1) : (roi[k], roi[axes.Length + k]);
            if (sizes[k] != x.Dims[axes[k]] || scales[k] != 1 || Coordinates == "tf_crop_and_resize")
            {
                result = Along(result, axes[k], sizes[k], new ResizeAxis(this, x.Dims[axes[k]], sizes[k], scales[k], span));
            }
        }

        return [x.DType.IsInteger() && !result.DType.IsInteger()
            ? RefTensor.Ints(x.DType, result.Dims, [.. result.F.Select(v => IntegerRange.Clamp(x.DType, v))])
            : result];
    }

    private (double[] Scales, long[] Sizes) Target(EvalContext context, long[] dims)
    {
        if (context.OptionalTensor(2) is { } scales)
        {
            return (scales.F, [.. dims.Select((d, k) => (long)Math.Floor(d * scales.F[k]))]);
        }

        long[] sizes = context.OptionalTensor(3)!.I;
        double[] ratios = [.. dims.Select((d, k) => sizes[k] / (double)d)];
        if (KeepAspectRatioPolicy == "stretch")
        {
            return (ratios, sizes);
        }

        double one = KeepAspectRatioPolicy == "not_larger" ? ratios.Min() : ratios.Max();
        return ([.. ratios.Select(_ => one)], [.. dims.Select(d => (long)Math.Floor((d * one) + 0.5))]);
    }

    // Integers are summed as reals and cut off at the end.
    private RefTensor Along(RefTensor x, int axis, long size, ResizeAxis map)
    {
        IReadOnlyList<(int Index, double Weight)>?[] taps = [.. Enumerable.Range(0, (int)size).Select(i => map.Taps(i))];
        long inner = AxisSizes.After(x.Dims, axis);
        long old = x.Dims[axis];
        long[] dims = [.. x.Dims];
        dims[axis] = size;
        if (Mode == "nearest" && taps.All(static t => t is not null))
        {
            return RefTensor.Gather(x, dims, i => (int)((((i / inner / size * old) + taps[i / inner % size]![0].Index) * inner) + (i % inner)));
        }

        double[] result = new double[dims.Aggregate(1L, static (a, b) => a * b)];
        for (int i = 0; i < result.Length; i++)
        {
            long first = i / inner / size * old;
            result[i] = taps[i / inner % size] is not { } weights ? ExtrapolationValue
                : weights.Sum(t => t.Weight == 0 ? 0 : t.Weight * x.Number((int)(((first + t.Index) * inner) + (i % inner))));
        }

        return RefTensor.Floats(x.DType.IsFloat() ? x.DType : DType.F64, dims, result);
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => ResizeBatching.Batch(context, this);

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Resize", 11) { Until = 13, Attributes = Attributes(), When = static op => IsOld((Resize)op) },
        new OnnxRow("Resize", 13)
        {
            Until = 18,
            Attributes = Attributes(),
            When = static op => IsOld((Resize)op) && ((Resize)op).Coordinates != "tf_half_pixel_for_nn",
        },
        new OnnxRow("Resize", 18)
        {
            Attributes = [.. Attributes(), OnnxAttr.Of("axes"), OnnxAttr.Of("antialias"), OnnxAttr.Of("keep_aspect_ratio_policy")],
            When = static op => ((Resize)op).Coordinates != "tf_half_pixel_for_nn",
        });

    private static bool IsOld(Resize op) =>
        op is { Axes.Count: 0, Antialias: false, KeepAspectRatioPolicy: "stretch", Coordinates: not "half_pixel_symmetric" };

    private static EquatableArray<OnnxAttr> Attributes() =>
    [
        OnnxAttr.Of("mode"), new OnnxAttr.Direct("coordinate_transformation_mode", "coordinates"), OnnxAttr.Of("nearest_mode"),
        OnnxAttr.Of("cubic_coeff_a"), OnnxAttr.Of("exclude_outside"), OnnxAttr.Of("extrapolation_value"),
    ];

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("nearest", static g => [g.Resize(g.In("x", "f32[1, 1, 2, n]"), null, Scales4(g, 1, 1, 2, 3), null)]) { Sizes = ShapingSamples.NotEmpty },
        new("linear", static g => [g.Resize(g.In("x", "f32[1, 2, 4, 4]"), null, null, Runtime.Ints(g, 1, 2, 3, 7), mode: "linear")]),
        new("corners", static g => [g.Resize(g.In("x", "f32[1, 1, 3, 4]"), null, null, g.Ints(1, 1, 5, 7), mode: "linear", coordinates: "align_corners")]),
        new("cubic", static g => [g.Resize(g.In("x", "f32[1, 1, 4, 4]"), null, Scales4(g, 1, 1, 2, 2), null, mode: "cubic")]),
        new("asymmetric", static g => [g.Resize(g.In("x", "f32[1, 1, 3, 4]"), null, Scales4(g, 1, 1, 2, 2), null, coordinates: "asymmetric", nearestMode: "floor")]),
    ];

    private static Value Scales4(GraphBuilder g, params float[] scales) => g.Constant(TensorContent.From<float>(DType.F32, [scales.Length], scales));
}
