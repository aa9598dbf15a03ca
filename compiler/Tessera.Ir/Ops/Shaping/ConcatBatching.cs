using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>The batched forms of <see cref="Concat"/>.</summary>
internal static class ConcatBatching
{
    public static Batched Batch(BatchContext context, long givenAxis)
    {
        Shape result = context.ResultShape();
        int axis = (int)(givenAxis < 0 ? givenAxis + result.Rank : givenAxis);
        int ragged = context.Mode == BatchMode.Dense ? -1 : context.Environment.RaggedAxis(result, context);
        if (ragged >= 0 && ragged == axis)
        {
            Value joined = context.Mode == BatchMode.Packed ? Interleaved(context, result, axis) : Padded(context, result, axis);
            return context.Wrap(joined, result);
        }

        if (context.Operands.Any(b => b!.Axis == axis))
        {
            throw context.Mixes("its parts differ by example along the axis they are joined on, the whole does not");
        }

        Value[] parts = context.Mode == BatchMode.Packed && ragged >= 0
            ? [.. context.Operands.Select(b => Aligned(context, b!, result[ragged]))]
            : [.. context.Operands.Select((b, i) => Stacking.ToBatch(context, b!, context.ShapeOf(i)))];
        Batched form = context.Wrap(parts[0], result);
        return form with { Value = context.Emit(new Concat(parts.ToEquatableArray()) { Axis = Layout.Axis(form, axis) }) };
    }

    private static Value Aligned(BatchContext context, Batched operand, Dim partition) =>
        operand.Form == BatchForm.Ragged && operand.Partition == partition
            ? operand.Value
            : throw context.Mixes($"lengths {operand.Partition} and {partition} do not align");

    // All rows in one table, part after part; row p of an example is in the part whose lengths reach it.
    private static Value Interleaved(BatchContext context, Shape result, int axis)
    {
        GraphBuilder g = context.Builder;
        List<(Value Table, Value Start, Dim Size)> parts =
            [.. context.Operands.Select((b, i) => Rows(context, b!, context.ShapeOf(i), axis))];
        List<Value> shifts = [];
        Dim before = Dim.Zero;
        Dim offset = Dim.Zero;
        foreach ((Value table, Value start, Dim size) in parts)
        {
            Value shift = g.Sub(g.Add(start, RaggedIndex.Number(context, before)), RaggedIndex.Length(context, offset));
            shifts.Add(RaggedIndex.PerToken(context, shift, result[axis]));
            (before, offset) = (before + table.Shape[0], offset + size);
        }

        Value positions = RaggedIndex.Positions(context, result[axis]);
        Value index = g.Add(positions, Choose(context, positions, shifts, [.. parts.Select(static p => p.Size)],
            v => RaggedIndex.PerToken(context, v, result[axis])));
        return g.Gather(Joined(context, [.. parts.Select(static p => p.Table)], 0), index, axis: 0);
    }

    // The operand as rows: the table, the row at which each example starts, and the rows of one example.
    private static (Value Table, Value Start, Dim Size) Rows(BatchContext context, Batched operand, Shape own, int axis)
    {
        GraphBuilder g = context.Builder;
        int[] others = [.. Enumerable.Range(0, own.Rank).Where(a => a != axis)];
        switch (operand.Form)
        {
            case BatchForm.Ragged:
                return (operand.Value, RaggedIndex.Starts(context, operand.Partition!), operand.Partition!);
            case BatchForm.Unbatched:
                return (Stacking.Permuted(context, operand.Value, [axis, .. others]), g.Int(DType.I64, 0), own[axis]);
            default:
                Value moved = Stacking.Permuted(context, operand.Value, [0, axis + 1, .. others.Select(static a => a + 1)]);
                Value table = g.Reshape(moved, [context.Environment.BatchSize * own[axis], .. others.Select(a => own[a])]);
                Value start = g.Mul(RaggedIndex.Count(context, context.Environment.BatchSize), RaggedIndex.Number(context, own[axis]));
                return (table, start, own[axis]);
        }
    }

    // Padding stays behind where only the last part has any; otherwise rows are moved up, example by example.
    private static Value Padded(BatchContext context, Shape result, int axis)
    {
        GraphBuilder g = context.Builder;
        Dim[] sizes = [.. context.Operands.Select((_, i) => context.ShapeOf(i)[axis])];
        Value joined = Joined(context, [.. context.Operands.Select((b, i) => Stacking.ToBatch(context, b!, context.ShapeOf(i)))], axis + 1);
        if (!sizes.SkipLast(1).Any(context.Environment.IsRagged))
        {
            return joined;
        }

        List<Value> shifts = [];
        Dim offset = Dim.Zero;
        foreach (Dim size in sizes)
        {
            shifts.Add(RaggedIndex.Column(context, g.Sub(RaggedIndex.Number(context, offset), RaggedIndex.Length(context, offset)), 2));
            offset += size;
        }

        Value positions = RaggedIndex.Count(context, result[axis]);
        Value index = g.Add(positions, Choose(context, positions, shifts, sizes, v => RaggedIndex.Column(context, v, 2)));
        return RowTables.PerExample(context, joined, axis + 1, RaggedSlice.Clamped(context, index, joined.Shape[axis + 1]));
    }

    // The shift of the part that holds each position.
    private static Value Choose(BatchContext context, Value positions, List<Value> shifts, Dim[] sizes, Func<Value, Value> spread)
    {
        GraphBuilder g = context.Builder;
        Value chosen = shifts[^1];
        for (int i = shifts.Count - 2; i >= 0; i--)
        {
            Value end = spread(RaggedIndex.Length(context, Dim.Sum(sizes.Take(i + 1))));
            chosen = g.Where(g.Less(positions, end), shifts[i], chosen);
        }

        return chosen;
    }

    private static Value Joined(BatchContext context, Value[] parts, int axis) =>
        parts.Length == 1 ? parts[0] : context.Emit(new Concat(parts.ToEquatableArray()) { Axis = axis });
}
