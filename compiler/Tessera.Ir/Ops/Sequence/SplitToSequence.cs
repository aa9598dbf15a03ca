using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// A tensor cut along an axis into a sequence: into parts of the sizes given as <c>i64[k]</c>, of one size given as a scalar (the last may be
/// smaller), or of size 1 each, which <see cref="KeepDims"/> keeps as an axis.
/// </summary>
[Op("split_to_sequence")]
public sealed partial record SplitToSequence(Value X, Value? Split) : Op
{
    public long Axis { get; init; }

    public bool KeepDims { get; init; } = true;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (X.Tensor.Shape is not { } shape)
        {
            return [new SequenceType(X.Type)];
        }

        int axis = context.Axis(Axis, shape.Rank);
        return [new SequenceType(new TensorType(X.DType, Split is not null ? shape.With(axis, context.Fresh(0, axis))
            : KeepDims ? shape.With(axis, Dim.One) : [.. shape.Where((_, a) => a != axis)]))];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        int axis = (int)(Axis < 0 ? Axis + x.Rank : Axis);
        (long size, long inner) = (x.Dims[axis], AxisSizes.After(x.Dims, axis));
        List<RefValue> parts = [];
        long start = 0;
        foreach (long part in Sizes(context.OptionalTensor(1), size))
        {
            long from = start;
            RefTensor cut = RefTensor.Gather(x, [.. x.Dims.Take(axis), part, .. x.Dims.Skip(axis + 1)], i =>
                (int)((((i / inner / part * size) + from + (i / inner % part)) * inner) + (i % inner)));
            parts.Add(Split is null && !KeepDims ? cut.Reshaped(x.Dims.Where((_, a) => a != axis)) : cut);
            start += part;
        }

        return start == size ? [new RefSequence(parts)] : throw context.Error($"the parts have {start} positions in all, the axis {size}.");
    }

    private static IEnumerable<long> Sizes(RefTensor? split, long size)
    {
        if (split is { Rank: 1 })
        {
            return split.I;
        }

        long one = Math.Max(1, split?.I[0] ?? 1);
        return Enumerable.Range(0, (int)((size + one - 1) / one)).Select(i => Math.Min(one, size - (i * one)));
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("a sequence has no batched form");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("SplitToSequence", 11, OnnxAttr.Of("axis"), new OnnxAttr.Direct("keepdims", "keep_dims")).Lacks(DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("ones", static g => [g.ConcatFromSequence(g.SplitToSequence(g.In("x", "f32[3, 2]"), null), 1)]),
        new("sizes", static g => [g.SequenceAt(g.SplitToSequence(g.In("x", "f32[3, 4]"), g.Ints(1, 3), axis: 1), g.Int(DType.I64, 1))]),
        new("without axis", static g => [g.SequenceAt(g.SplitToSequence(g.In("x", "i64[3, 2]"), null, keepDims: false), g.Int(DType.I64, -1))]),
    ];
}
