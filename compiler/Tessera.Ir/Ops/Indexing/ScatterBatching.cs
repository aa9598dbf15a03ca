using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>The batched forms of the scatters.</summary>
internal static class ScatterBatching
{
    /// <summary>The example's number becomes the first coordinate.</summary>
    public static Batched ByCoordinates(BatchContext context, ScatterND op)
    {
        if (context.Operands.Any(static b => b!.Form is BatchForm.Ragged or BatchForm.Padded))
        {
            throw context.Mixes("it writes along or beside a ragged axis");
        }

        Value[] operands = [.. context.Operands.Select((b, i) => Stacking.ToBatch(context, b!, context.ShapeOf(i)))];
        Shape indices = context.ShapeOf(1);
        Dim batch = context.Environment.BatchSize;
        GraphBuilder g = context.Builder;
        Value numbers = g.Range(g.Int(DType.I64, 0), g.DimValue(batch), g.Int(DType.I64, 1));
        Value column = g.Reshape(numbers, [batch, .. Enumerable.Repeat(Dim.One, indices.Rank)]);
        Value first = g.Expand(column, [batch, .. indices.SkipLast(1), 1]);
        Value coordinates = g.Concat([first, operands[1]], axis: -1);
        return context.Wrap(context.Emit(op with { Data = operands[0], Indices = coordinates, Updates = operands[2] }), context.ResultShape());
    }
}
