namespace Tessera.Ir.Batching;

/// <summary>Gathers of rows by example, in every layout.</summary>
public static class RowTables
{
    /// <summary>
    /// <c>table[rows, others…]</c> at <c>indices[lead, i…]</c>, in the layout of a one-example value whose axes are
    /// <paramref name="before"/> of the others, then i…, then the rest: <c>[lead, others before…, i…, others after…]</c>.
    /// </summary>
    public static Value Rows(BatchContext context, Value table, Value indices, int before)
    {
        Value gathered = context.Builder.Gather(table, indices, axis: 0);
        return Placed(context, gathered, indices.Rank, before);
    }

    /// <summary>
    /// The same by example: <c>value[batch, …]</c> whose physical axis <paramref name="axis"/> is gathered at
    /// <c>indices[batch, i…]</c>.
    /// </summary>
    public static Value PerExample(BatchContext context, Value value, int axis, Value indices)
    {
        GraphBuilder g = context.Builder;
        Value moved = Stacking.Permuted(context, value, [0, axis, .. Enumerable.Range(1, value.Rank - 1).Where(a => a != axis)]);
        Value gathered = g.GatherND(moved, g.Unsqueeze(indices, [-1]), batchDims: 1);
        return Placed(context, gathered, indices.Rank, axis - 1);
    }

    // [lead, i…, others…] → [lead, others before…, i…, others after…]
    internal static Value Placed(BatchContext context, Value gathered, int leading, int before) => Stacking.Permuted(
        context,
        gathered,
        [
            0,
            .. Enumerable.Range(leading, before),
            .. Enumerable.Range(1, leading - 1),
            .. Enumerable.Range(leading + before, gathered.Rank - leading - before),
        ]);
}
