using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>The batched forms of <see cref="Slice"/>.</summary>
internal static class SliceBatching
{
    public static Batched Batch(BatchContext context, Slice slice)
    {
        Batched x = context.Operands[0]!;
        Shape own = context.ShapeOf(0);
        int[] axes = [.. slice.Axes.Select(a => (int)(a < 0 ? a + own.Rank : a))];
        int along = x.Axis < 0 ? -1 : Array.IndexOf(axes, x.Axis);
        if (along >= 0)
        {
            x = AlongRagged(context, slice, along, x, own);
        }

        int[] others = [.. Enumerable.Range(0, axes.Length).Where(k => k != along)];
        foreach (int k in others)
        {
            RequireShared(context, slice, k);
        }

        if (others.Length == 0)
        {
            return context.Wrap(x.Value, context.ResultShape());
        }

        Value value = context.Emit(new Slice(x.Value)
        {
            Starts = others.Select(k => slice.Starts[k]).ToEquatableArray(),
            Ends = others.Select(k => slice.Ends[k]).ToEquatableArray(),
            Axes = others.Select(k => (long)Layout.Axis(x, axes[k])).ToEquatableArray(),
            Steps = others.Select(slice.Step).ToEquatableArray(),
        });
        return context.Wrap(value, context.ResultShape());
    }

    private static Batched AlongRagged(BatchContext context, Slice slice, int k, Batched x, Shape own)
    {
        if (SliceRange.Of(context.Environment.ExampleFacts, own[x.Axis], slice.Starts[k], slice.Ends[k], slice.Step(k)) is not { } range)
        {
            throw context.Mixes($"the signs of its bounds {slice.Starts[k]}:{slice.Ends[k]} are not known");
        }

        Dim count = context.ResultShape()[x.Axis];
        return RaggedSlice.Take(context, x, range.Start, count, slice.Step(k), own.With(x.Axis, count));
    }

    private static void RequireShared(BatchContext context, Slice slice, int k)
    {
        if (context.Environment.IsRagged(slice.Starts[k]) || context.Environment.IsRagged(slice.Ends[k]))
        {
            throw context.Mixes($"axis {slice.Axes[k]} is the same for all examples, its bounds {slice.Starts[k]}:{slice.Ends[k]} are not");
        }
    }
}
