using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x with its middle cut out, or zeros around it, along each of some axes (all where none are named), to the sizes of a target <c>i64[k]</c>; what cannot be halved leaves the larger part behind.</summary>
[Op("center_crop_pad")]
public sealed partial record CenterCropPad(Value X, Value Target) : Op
{
    public EquatableArray<long> Axes { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        int[] axes = Axes.Count == 0 ? [.. Enumerable.Range(0, x.Rank)] : [.. Axes.Select(a => context.Axis(a, x.Rank))];
        if (Target.Sizes is { } given && given.Count != axes.Length)
        {
            throw context.Error("TSR0208", $"the target has {given.Count} sizes for {axes.Length} axes.");
        }

        Shape result = x;
        for (int k = 0; k < axes.Length; k++)
        {
            result = result.With(axes[k], Target.Sizes?[k] ?? context.Fresh(0, axes[k]));
        }

        return [new TensorType(X.DType, result)];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, long[] target) = (context.Tensor(0), context.Tensor(1).I);
        long[] axes = Axes.Count == 0 ? [.. Enumerable.Range(0, x.Rank).Select(static a => (long)a)] : [.. Axes.Select(a => a < 0 ? a + x.Rank : a)];
        long[] dims = [.. x.Dims];
        foreach ((long axis, long size) in axes.Zip(target))
        {
            dims[axis] = size;
        }

        // A crop begins at half of what goes, padding ends with the larger half.
        long[] shift = [.. x.Dims.Zip(dims, static (from, to) => from >= to ? (from - to) / 2 : -((to - from) / 2))];
        long[] strides = x.Strides();
        return [RefTensor.Gather(x, dims, i =>
        {
            long[] at = [.. AxisSizes.Coordinates(dims, i).Zip(shift, static (a, s) => a + s)];
            return at.Zip(x.Dims).All(static p => p.First >= 0 && p.First < p.Second) ? (int)at.Zip(strides).Sum(static p => p.First * p.Second) : -1;
        })];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        int rank = context.ShapeOf(0).Rank;
        int[] axes = Axes.Count == 0 ? [.. Enumerable.Range(0, rank)] : [.. Axes.Select(a => (int)(a < 0 ? a + rank : a))];
        Folding.RequireShared(context, [0, Folding.Shared]);
        return axes.Contains(x.Axis)
            ? throw context.Mixes($"it cuts or pads the ragged axis {x.Axis} to one size")
            : [context.Wrap(
                context.Emit(new CenterCropPad(x.Value, context.Operands[1]!.Value) { Axes = axes.Select(a => (long)Layout.Axis(x, a)).ToEquatableArray() }),
                context.ResultShape())];
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("CenterCropPad", 18, OnnxAttr.Of("axes"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("crop and pad", static g => [g.CenterCropPad(g.In("x", "f32[5, 2]"), g.Ints(2, 5))]),
        new("axes", static g => [g.CenterCropPad(g.In("x", "f32[n, 4, 3]"), Runtime.Ints(g, 7), [-2])]),
    ];
}
