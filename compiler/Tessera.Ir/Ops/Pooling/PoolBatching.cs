using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>
/// The batched forms of pools. The batch is folded into N; along a ragged or padded spatial axis what stands around an example is made
/// explicit, as far as windows see it.
/// </summary>
internal static class PoolBatching
{
    /// <summary>The batched form of the values of a pool.</summary>
    /// <param name="context">The op being batched.</param>
    /// <param name="op">The pool.</param>
    /// <param name="fill">What counts for nothing in a window.</param>
    /// <param name="make">The pool over other elements, with other pads that all count.</param>
    public static Batched Values(BatchContext context, PoolOp op, double fill, Func<Value, EquatableArray<long>, Op> make)
    {
        Batched x = context.Operands[0]!;
        int spatial = context.ShapeOf(0).Rank - 2;
        if (x.Axis <= 1)
        {
            throw new InvalidOperationException("Only a spatial axis is the concern of windows.");
        }

        EquatableArray<long> pads = Pads(context, op, x.Axis - 2);
        GraphBuilder g = context.Builder;
        if (x.Form == BatchForm.Padded)
        {
            Value folded = Folding.Fold(context, context.Environment.Fill(x, fill), 0);
            Value pooled = context.EmitAll(make(folded, pads))[0];
            return context.Wrap(Folding.Unfold(context, pooled, 0, context.ShapeOf(0)[0]), context.ResultShape());
        }

        WindowAxis window = Window(op, pads, x.Axis - 2);
        Value apart = RaggedWindows.Spread(context, x, window, Fill(g, op.Operands[0]!.DType, fill));
        Value all = context.EmitAll(make(apart, ConvBatching.Around(pads, spatial, x.Axis - 2, 0, window.Span.ConstValue!.Value - 1)))[0];
        return RaggedWindows.Collect(context, x, window, all);
    }

    /// <summary>How windows move along a spatial axis.</summary>
    public static WindowAxis Window(PoolOp op, EquatableArray<long> pads, int axis) => new(
        PoolAxis.At(pads, axis, 0),
        PoolAxis.At(pads, op.Kernel.Count + axis, 0),
        PoolAxis.At(op.Strides, axis, 1),
        (PoolAxis.At(op.Dilations, axis, 1) * (op.Kernel[axis] - 1)) + 1);

    /// <summary>The padding in numbers.</summary>
    /// <exception cref="TesseraException">TSR0401: along the ragged axis it, or the number of windows, depends on the length in a way that sizes cannot say.</exception>
    public static EquatableArray<long> Pads(BatchContext context, PoolOp op, int ragged)
    {
        int spatial = op.Kernel.Count;
        if (op.CeilMode && PoolAxis.At(op.Strides, ragged, 1) > 1)
        {
            throw context.Mixes("it rounds the number of windows up along the ragged axis");
        }

        if (op.AutoPad is not ("SAME_UPPER" or "SAME_LOWER"))
        {
            return op.AutoPad == "VALID" ? [] : op.Pads;
        }

        long[] pads = new long[2 * spatial];
        for (int a = 0; a < spatial; a++)
        {
            long span = (PoolAxis.At(op.Dilations, a, 1) * (op.Kernel[a] - 1)) + 1;
            long total = PoolAxis.At(op.Strides, a, 1) == 1 ? span - 1
                : context.ShapeOf(0)[a + 2].ConstValue is { } size && PoolAxis.Of(op, size, a, spatial) is var known ? known.Before + known.After
                : throw context.Mixes($"its padding along spatial axis {a} depends on the length");
            long before = op.AutoPad == "SAME_UPPER" ? total / 2 : total - (total / 2);
            (pads[a], pads[spatial + a]) = (before, total - before);
        }

        return pads.ToEquatableArray();
    }

    internal static Value Fill(GraphBuilder g, DType dtype, double fill) =>
        dtype.IsFloat() ? g.Float(dtype, fill) : g.Int(dtype, IntegerRange.Clamp(dtype, fill));
}
