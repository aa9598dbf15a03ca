using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>The batched forms of <see cref="Gather"/>. Indices along a ragged axis are relative to their example.</summary>
internal static class GatherBatching
{
    public static Batched Batch(BatchContext context, long givenAxis)
    {
        (Batched data, Batched indices) = (context.Operands[0]!, context.Operands[1]!);
        int axis = (int)(givenAxis < 0 ? givenAxis + context.ShapeOf(0).Rank : givenAxis);
        if (data.Form == BatchForm.Unbatched)
        {
            return context.Wrap(FromShared(context, data.Value, indices, axis), context.ResultShape());
        }

        if (indices.Form == BatchForm.Unbatched && axis != data.Axis)
        {
            Value value = context.Emit(new Gather(data.Value, indices.Value) { Axis = Layout.Axis(data, axis) });
            return context.Wrap(value, context.ResultShape());
        }

        Value gathered = data.Form switch
        {
            BatchForm.Ragged when axis == data.Axis => AlongRagged(context, data, indices, axis),
            BatchForm.Ragged => throw context.Mixes($"axis {axis} is gathered at indices that differ by example, beside the ragged axis {data.Axis}"),
            _ when indices.Form == BatchForm.Ragged => ByToken(context, data.Value, indices, axis),
            _ => ByExample(context, data, indices, axis),
        };
        return context.Wrap(gathered, context.ResultShape());
    }

    // One table for all examples: the indices' first axis, batch or tokens, moves to the front.
    private static Value FromShared(BatchContext context, Value data, Batched indices, int axis)
    {
        Value at = indices.Form == BatchForm.Padded ? context.Environment.Fill(indices, 0) : indices.Value;
        Value value = context.Emit(new Gather(data, at) { Axis = axis });
        return Stacking.Permuted(context, value, [axis, .. Enumerable.Range(0, value.Rank).Where(a => a != axis)]);
    }

    private static Value AlongRagged(BatchContext context, Batched data, Batched indices, int axis)
    {
        Value lengths = context.Environment.Lengths(data.Partition!);
        Value starts = RaggedIndex.Starts(context, data.Partition!);
        Value at = indices.Form == BatchForm.Unbatched ? Stacking.ToBatch(context, indices, context.ShapeOf(1)) : indices.Value;
        if (indices.Form == BatchForm.Ragged)
        {
            lengths = RaggedIndex.PerToken(context, lengths, indices.Partition!);
            starts = RaggedIndex.PerToken(context, starts, indices.Partition!);
        }

        Value rows = RaggedIndex.Checked(
            context,
            at,
            RaggedIndex.Column(context, lengths, at.Rank),
            RaggedIndex.Column(context, starts, at.Rank),
            RaggedIndex.Number(context, context.Environment.Total(data.Partition!)));
        return RowTables.Rows(context, data.Value, rows, axis);
    }

    // data[batch, …] at indices[batch, …]
    private static Value ByExample(BatchContext context, Batched data, Batched indices, int axis)
    {
        Value at = Wide(context, Stacking.ToBatch(context, indices, context.ShapeOf(1)));
        int physical = axis + 1;
        bool alongPadding = data.Form == BatchForm.Padded && axis == data.Axis;
        Value rows = alongPadding
            ? RaggedIndex.Checked(
                context,
                at,
                RaggedIndex.Column(context, context.Environment.Lengths(data.Partition!), at.Rank),
                context.Builder.Int(DType.I64, 0),
                RaggedIndex.Number(context, data.Value.Shape[physical]))
            : at;

        // What stands beyond an example's indices is no index.
        Value filled = indices.Form == BatchForm.Padded ? context.Environment.Fill(indices with { Value = rows }, 0) : rows;
        return RowTables.PerExample(context, data.Value, physical, filled);
    }

    // data[batch, …] at indices[tokens, …]: each row of an example reads its own example's data.
    private static Value ByToken(BatchContext context, Value data, Batched indices, int axis)
    {
        GraphBuilder g = context.Builder;
        Value at = Wide(context, indices.Value);
        Value moved = Stacking.Permuted(context, data, [0, axis + 1, .. Enumerable.Range(1, data.Rank - 1).Where(a => a != axis + 1)]);
        Value owners = RaggedIndex.Column(context, RaggedIndex.Segments(context, indices.Partition!), at.Rank);
        Value coordinates = g.Concat(
            [g.Unsqueeze(context.Emit(new Expand(owners) { Shape = at.Shape }), [-1]), g.Unsqueeze(at, [-1])], axis: -1);
        return RowTables.Placed(context, g.GatherND(moved, coordinates), at.Rank, axis);
    }

    private static Value Wide(BatchContext context, Value indices) =>
        indices.DType == DType.I64 ? indices : context.Builder.Cast(indices, DType.I64);
}
