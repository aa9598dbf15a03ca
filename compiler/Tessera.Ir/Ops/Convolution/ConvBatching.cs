using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>
/// The batched forms of <see cref="Conv"/>. N is an axis of the one-example graph like any other; the batch is folded into it. Along a
/// ragged spatial axis examples lie apart, zeros between them.
/// </summary>
internal static class ConvBatching
{
    public static IReadOnlyList<Batched> Batch(BatchContext context, Conv op)
    {
        int[] axes = [0, Folding.Shared, Folding.Shared];
        Folding.RequireShared(context, axes);
        Batched x = context.Operands[0]!;
        if (x.Axis <= 1)
        {
            return Folding.Batch(context, axes);
        }

        if (x.Form == BatchForm.Padded)
        {
            // Beyond each length stands what stands in the padding of the whole: zero.
            Batched filled = new(context.Environment.Fill(x, 0), BatchForm.Dense);
            return Folding.Batch(new BatchContext(op, [filled, .. context.Operands.Skip(1)], context.Environment), axes);
        }

        return [AlongTokens(context, op, x)];
    }

    private static Batched AlongTokens(BatchContext context, Conv op, Batched x)
    {
        int spatial = context.ShapeOf(0).Rank - 2;
        int a = x.Axis - 2;
        Dim span = (PoolAxis.At(op.Dilations, a, 1) * (context.ShapeOf(1)[x.Axis] - 1)) + 1;
        WindowAxis window = new(PoolAxis.At(op.Pads, a, 0), PoolAxis.At(op.Pads, spatial + a, 0), PoolAxis.At(op.Strides, a, 1), span);
        if (span.ConstValue is not { } reach)
        {
            throw context.Mixes($"its kernel {context.ShapeOf(1)} has no fixed size along the ragged axis {x.Axis}");
        }

        Value apart = RaggedWindows.Spread(context, x, window, context.Builder.Float(op.X.DType, 0));
        Value all = context.Emit(op with
        {
            X = apart,
            W = context.Operands[1]!.Value,
            Bias = context.Operands[2]?.Value,
            Pads = Around(op.Pads, spatial, a, 0, reach - 1),
        });
        return RaggedWindows.Collect(context, x, window, all);
    }

    /// <summary>Pads with those of one axis replaced.</summary>
    internal static EquatableArray<long> Around(EquatableArray<long> pads, int spatial, int axis, long before, long behind) =>
    [
        .. Enumerable.Range(0, 2 * spatial).Select(k => k == axis ? before : k == spatial + axis ? behind : PoolAxis.At(pads, k, 0)),
    ];
}
