using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>Every step-th row of each example along its ragged axis.</summary>
internal static class RaggedSlice
{
    /// <param name="context">The op being batched.</param>
    /// <param name="x">A ragged or padded operand.</param>
    /// <param name="start">First position, at least 0; a function of the ragged symbols.</param>
    /// <param name="count">Number of positions; likewise.</param>
    /// <param name="step">Distance between them.</param>
    /// <param name="result">One-example shape of the result.</param>
    public static Batched Take(BatchContext context, Batched x, Dim start, Dim count, long step, Shape result)
    {
        if (start == Dim.Zero && step == 1 && count == x.Partition)
        {
            return x;
        }

        Value value = x.Form == BatchForm.Padded
            ? Padded(context, x, start, count, step)
            : context.Environment.IsRagged(count)
                ? Packed(context, x, start, count, step)
                : Fixed(context, x, start, count, step);
        return context.Wrap(value, result);
    }

    private static Value Packed(BatchContext context, Batched x, Dim start, Dim count, long step)
    {
        GraphBuilder g = context.Builder;
        Value first = g.Add(RaggedIndex.Starts(context, x.Partition!), RaggedIndex.Length(context, start));
        Value index = g.Add(RaggedIndex.PerToken(context, first, count), Stepped(g, RaggedIndex.Positions(context, count), step));
        return g.Gather(x.Value, index, axis: 0);
    }

    // As many rows of every example: no longer ragged.
    private static Value Fixed(BatchContext context, Batched x, Dim start, Dim count, long step)
    {
        GraphBuilder g = context.Builder;
        Value first = g.Add(RaggedIndex.Starts(context, x.Partition!), RaggedIndex.Length(context, start));
        Value index = g.Add(RaggedIndex.Column(context, first, 2), Stepped(g, RaggedIndex.Count(context, count), step));
        return RowTables.Rows(context, x.Value, index, x.Axis);
    }

    private static Value Padded(BatchContext context, Batched x, Dim start, Dim count, long step)
    {
        GraphBuilder g = context.Builder;
        int axis = x.Axis + 1;
        if (!context.Environment.IsRagged(start) && step == 1)
        {
            // One bound for all; padding stays behind.
            Value slice = g.Slice(x.Value, [start], [start + count], [axis]);
            if (slice.Shape[axis] == count)
            {
                return slice;
            }
        }

        Value first = RaggedIndex.Column(context, RaggedIndex.Length(context, start), 2);
        Value index = g.Add(first, Stepped(g, RaggedIndex.Count(context, count), step));
        Value all = context.Emit(new Expand(index) { Shape = [context.Environment.BatchSize, count] });
        return RowTables.PerExample(context, x.Value, axis, Clamped(context, all, x.Value.Shape[axis]));
    }

    /// <summary>Indices of rows beyond an example's length, brought inside: what they read is padding.</summary>
    internal static Value Clamped(BatchContext context, Value index, Dim size)
    {
        GraphBuilder g = context.Builder;
        Value last = g.Sub(RaggedIndex.Number(context, size), g.Int(DType.I64, 1));
        return g.Max(g.Min(index, last), g.Int(DType.I64, 0));
    }

    internal static Value Stepped(GraphBuilder g, Value positions, long step) =>
        step == 1 ? positions : g.Mul(positions, g.Int(DType.I64, step));
}
