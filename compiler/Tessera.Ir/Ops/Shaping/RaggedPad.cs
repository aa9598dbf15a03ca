using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>Rows put before and behind each example along its ragged axis, or taken away there.</summary>
internal static class RaggedPad
{
    /// <param name="context">The op being batched.</param>
    /// <param name="x">A ragged or padded operand.</param>
    /// <param name="before">Rows before each example, a function of the ragged symbols; negative ones are taken away.</param>
    /// <param name="count">Rows of the result; likewise.</param>
    /// <param name="mode">What stands there.</param>
    /// <param name="fill">The scalar that stands there in mode constant, in the element type of x.</param>
    /// <returns>The rows in the layout of x, the ragged axis counting <paramref name="count"/>.</returns>
    public static Value Take(BatchContext context, Batched x, Dim before, Dim count, PadMode mode, Value fill)
    {
        // One more row, of the fill, which the positions outside read.
        int axis = Layout.Axis(x, x.Axis);
        GraphBuilder g = context.Builder;
        Value more = g.Concat([x.Value, g.Expand(fill, x.Value.Shape.With(axis, Dim.One))], axis);
        Value outside = RaggedIndex.Number(context, x.Value.Shape[axis]);
        return x.Form == BatchForm.Ragged
            ? g.Gather(more, TokenRows(context, x.Partition!, before, count, mode, outside), axis: 0)
            : RowTables.PerExample(context, more, axis, ExampleRows(context, x.Partition!, before, count, mode, outside));
    }

    // i64[tokens]
    private static Value TokenRows(BatchContext context, Dim partition, Dim before, Dim count, PadMode mode, Value outside)
    {
        GraphBuilder g = context.Builder;
        Value at = g.Sub(RaggedIndex.Positions(context, count), RaggedIndex.PerToken(context, RaggedIndex.Length(context, before), count));
        Value length = RaggedIndex.PerToken(context, RaggedIndex.Length(context, partition), count);
        Value starts = Repeatable(context, RaggedIndex.Starts(context, partition), partition, count, mode);
        Value source = Source(g, at, length, mode);
        return g.Where(Inside(g, source, length), g.Add(source, RaggedIndex.PerToken(context, starts, count)), outside);
    }

    // i64[batch, count]: what stands beyond an example's count is padding of the result.
    private static Value ExampleRows(BatchContext context, Dim partition, Dim before, Dim count, PadMode mode, Value outside)
    {
        GraphBuilder g = context.Builder;
        Value at = g.Sub(g.Unsqueeze(RaggedIndex.Count(context, count), [0]), RaggedIndex.Column(context, RaggedIndex.Length(context, before), 2));
        Value length = RaggedIndex.Column(context, Repeatable(context, context.Environment.Lengths(partition), partition, count, mode), 2);
        Value source = Source(g, at, length, mode);
        Value rows = g.Where(Inside(g, source, length), source, outside);
        return context.Emit(new Expand(rows) { Shape = [context.Environment.BatchSize, count] });
    }

    private static Value Inside(GraphBuilder g, Value at, Value length) => g.And(g.GreaterOrEqual(at, g.Int(DType.I64, 0)), g.Less(at, length));

    // Of nothing there is nothing to repeat: the run fails, as the op does on that example alone. A multiple of nothing is nothing.
    private static Value Repeatable(BatchContext context, Value perExample, Dim partition, Dim count, PadMode mode)
    {
        bool isMultiple = AffineLength.Of(partition) is { Offset: 0 } own && AffineLength.Of(count) is { Offset: 0 } all && own.Symbol == all.Symbol;
        return mode == PadMode.Constant || isMultiple ? perExample : RaggedIndex.RequireTokens(context, perExample, partition, Dim.One);
    }

    // See PadIndex; a length of 0 divides nothing.
    private static Value Source(GraphBuilder g, Value at, Value length, PadMode mode)
    {
        Value zero = g.Int(DType.I64, 0);
        Value one = g.Int(DType.I64, 1);
        Value last = g.Sub(length, one);
        switch (mode)
        {
            case PadMode.Edge:
                return g.Max(g.Min(at, last), zero);
            case PadMode.Wrap:
                return g.Mod(at, g.Max(length, one));
            case PadMode.Reflect:
                Value period = g.Max(g.Mul(last, g.Int(DType.I64, 2)), one);
                Value folded = g.Mod(at, period);
                return g.Where(g.Less(folded, length), folded, g.Sub(period, folded));
            default:
                return at;
        }
    }
}
