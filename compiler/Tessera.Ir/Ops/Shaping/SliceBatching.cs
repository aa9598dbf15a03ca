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
        for (int k = 0; k < axes.Length; k++)
        {
            if (axes[k] == x.Axis)
            {
                throw context.Mixes("slicing the ragged axis is not supported yet");
            }

            RequireShared(context, slice, k);
        }

        Value value = context.Emit(slice with
        {
            X = x.Value,
            Axes = axes.Select(a => (long)Layout.Axis(x, a)).ToEquatableArray(),
        });
        return context.Wrap(value, context.ResultShape());
    }

    private static void RequireShared(BatchContext context, Slice slice, int k)
    {
        if (context.Environment.IsRagged(slice.Starts[k]) || context.Environment.IsRagged(slice.Ends[k]))
        {
            throw context.Mixes($"axis {slice.Axes[k]} is the same for all examples, its bounds {slice.Starts[k]}:{slice.Ends[k]} are not");
        }
    }
}
