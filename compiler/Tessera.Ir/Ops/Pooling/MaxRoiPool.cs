using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// The greatest elements of <c>x[N, C, H, W]</c> in a grid of bins over each region of <c>rois[R, 5]</c>: (image, x1, y1, x2, y2), scaled and
/// rounded, both ends inside → <c>[R, C, h, w]</c>. A bin that lies outside x gives 0.
/// </summary>
[Op("max_roi_pool")]
public sealed partial record MaxRoiPool(Value X, Value Rois) : Op
{
    /// <summary>Height and width of the grid.</summary>
    public required EquatableArray<long> Pooled { get; init; }

    public Real SpatialScale { get; init; } = 1;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.RequireSameDType(X, Rois);
        (Shape x, Shape rois) = (context.ShapeOf(X), context.ShapeOf(Rois));
        return x.Rank == 4 && rois.Rank == 2 && Pooled.Count == 2 && Pooled.All(static p => p > 0) && X.DType.IsFloat()
            ? [new TensorType(X.DType, [rois[0], x[1], Pooled[0], Pooled[1]])]
            : throw context.Error("TSR0203", $"x must be float [N, C, H, W], rois [R, 5] and two sizes given; they are {X.Type}, {Rois.Type} and {Pooled}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, RefTensor rois) = (context.Tensor(0), context.Tensor(1));
        long[] dims = [rois.Dims[0], x.Dims[1], Pooled[0], Pooled[1]];
        double[] result = new double[dims.Aggregate(1L, static (a, b) => a * b)];
        for (int i = 0; i < result.Length; i++)
        {
            long[] at = AxisSizes.Coordinates(dims, i);
            long[] roi = [.. Enumerable.Range(0, 5).Select(k => (long)Math.Round(rois.F[(at[0] * 5) + k] * (k == 0 ? 1 : SpatialScale.Value), MidpointRounding.AwayFromZero))];
            (long top, long bottom) = Bin(roi[2], roi[4], at[2], Pooled[0], x.Dims[2]);
            (long left, long right) = Bin(roi[1], roi[3], at[3], Pooled[1], x.Dims[3]);
            double best = top < bottom && left < right ? double.NegativeInfinity : 0;
            for (long y = top; y < bottom; y++)
            {
                for (long column = left; column < right; column++)
                {
                    best = Math.Max(best, x.F[(((((roi[0] * x.Dims[1]) + at[1]) * x.Dims[2]) + y) * x.Dims[3]) + column]);
                }
            }

            result[i] = best;
        }

        return [RefTensor.Floats(x.DType, dims, result)];
    }

    private static (long From, long To) Bin(long first, long last, long index, long bins, long size)
    {
        double step = Math.Max(last - first + 1, 1) / (double)bins;
        long from = (long)Math.Floor(index * step) + first;
        long to = (long)Math.Ceiling((index + 1) * step) + first;
        return (Math.Clamp(from, 0, size), Math.Clamp(to, 0, size));
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0, 0], emit: operands =>
    {
        GraphBuilder g = context.Builder;
        Value first = g.Cast(MemberOffsets.Of(context, 1, context.ShapeOf(0)[0]), X.DType);
        Value offsets = g.Pad(g.Reshape(first, [first.Shape[0], 1]), [0, 0, 0, 4]);
        return [context.Emit(new MaxRoiPool(operands[0]!, g.Add(operands[1]!, offsets)) { Pooled = Pooled, SpatialScale = SpatialScale })];
    });

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple(
        "MaxRoiPool", 1, new OnnxAttr.Direct("pooled_shape", "pooled"), OnnxAttr.Of("spatial_scale")).TakesFrom(22, DType.BF16);

    private const string NoKernel = "ONNX Runtime has no kernel for opset 22";

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("two regions", static g =>
            [g.MaxRoiPool(g.In("x", "f32[2, 2, 6, 6]"), g.Constant(TensorContent.From(DType.F32, [2, 5], [0f, 1, 1, 4, 5, 1, 0, 0, 5, 3])), [2, 2])]) { NoRuntime = NoKernel },
        new("scaled", static g => [g.MaxRoiPool(g.In("x", "f32[1, 1, 4, 4]"), g.Constant(TensorContent.From(DType.F32, [1, 5], [0f, 0, 0, 6, 6])), [2, 3], 0.5)]) { NoRuntime = NoKernel },
    ];
}
