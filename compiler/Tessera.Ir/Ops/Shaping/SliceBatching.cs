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
        else if (x.Form == BatchForm.Unbatched)
        {
            along = Enumerable.Range(0, axes.Length).FirstOrDefault(k => Differs(context, slice, k), -1);
        }

        int[] others = [.. Enumerable.Range(0, axes.Length).Where(k => k != along)];
        foreach (int k in others)
        {
            RequireShared(context, slice, k);
        }

        Value value = others.Length == 0 ? x.Value : context.Emit(new Slice(x.Value)
        {
            Starts = others.Select(k => slice.Starts[k]).ToEquatableArray(),
            Ends = others.Select(k => slice.Ends[k]).ToEquatableArray(),
            Axes = others.Select(k => (long)Layout.Axis(x, axes[k])).ToEquatableArray(),
            Steps = others.Select(slice.Step).ToEquatableArray(),
        });
        value = x.Form == BatchForm.Unbatched && along >= 0 ? FromTable(context, slice, along, value, axes[along]) : value;
        return context.Wrap(value, context.ResultShape());
    }

    // Each example takes its own rows of one table.
    private static Value FromTable(BatchContext context, Slice slice, int k, Value table, int axis)
    {
        (Dim start, Dim count) = Range(context, slice, k, context.ShapeOf(0)[axis]);
        GraphBuilder g = context.Builder;
        bool padded = context.Mode == BatchMode.Padded && context.Environment.IsRagged(count);
        if (padded && slice.Step(k) == 1 && !context.Environment.IsRagged(start)
            && g.Slice(table, [start], [start + count], [axis]) is var head && head.Shape[axis] == count)
        {
            return Stacking.ToBatch(context, new Batched(head, BatchForm.Unbatched), context.ResultShape());
        }

        Value rows = Stacking.Permuted(context, table, [axis, .. Enumerable.Range(0, table.Rank).Where(a => a != axis)]);
        Value first = RaggedIndex.Length(context, start);
        if (context.Mode == BatchMode.Packed && context.Environment.IsRagged(count))
        {
            Value token = RaggedSlice.Stepped(g, RaggedIndex.Positions(context, count), slice.Step(k));
            return RowTables.Rows(context, rows, g.Add(RaggedIndex.PerToken(context, first, count), token), axis);
        }

        Value index = g.Add(RaggedIndex.Column(context, first, 2), RaggedSlice.Stepped(g, RaggedIndex.Count(context, count), slice.Step(k)));
        Value all = context.Emit(new Expand(index) { Shape = [context.Environment.BatchSize, count] });
        return RowTables.Rows(context, rows, padded ? RaggedSlice.Clamped(context, all, rows.Shape[0]) : all, axis);
    }

    private static Batched AlongRagged(BatchContext context, Slice slice, int k, Batched x, Shape own)
    {
        Dim count = context.ResultShape()[x.Axis];
        return RaggedSlice.Take(context, x, Range(context, slice, k, own[x.Axis]).Start, count, slice.Step(k), own.With(x.Axis, count));
    }

    private static (Dim Start, Dim Count) Range(BatchContext context, Slice slice, int k, Dim size) =>
        SliceRange.Of(context.Environment.ExampleFacts, size, slice.Starts[k], slice.Ends[k], slice.Step(k))
            ?? throw context.Mixes($"the signs of its bounds {slice.Starts[k]}:{slice.Ends[k]} are not known");

    private static bool Differs(BatchContext context, Slice slice, int k) =>
        context.Environment.IsRagged(slice.Starts[k]) || context.Environment.IsRagged(slice.Ends[k]);

    private static void RequireShared(BatchContext context, Slice slice, int k)
    {
        if (Differs(context, slice, k))
        {
            throw context.Mixes($"axis {slice.Axes[k]} is the same for all examples, its bounds {slice.Starts[k]}:{slice.Ends[k]} are not");
        }
    }
}
