using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>The batched forms of <see cref="Range"/>: positions begin anew in each example.</summary>
internal static class RangeBatching
{
    public static Batched Batch(BatchContext context, Range range)
    {
        Shape result = context.ResultShape();
        Dim count = result[0];
        Batched start = context.Operands[0]!;
        if (Range.Content(range.Start) is null || Range.Content(range.Limit) is null || Range.Content(range.Delta)?.ConstValue is not { } delta)
        {
            throw context.Mixes("how many numbers it makes does not follow from sizes");
        }

        GraphBuilder g = context.Builder;
        bool packed = context.Mode == BatchMode.Packed && context.Environment.IsRagged(count);
        Value positions = packed ? RaggedIndex.Positions(context, count) : RaggedIndex.Count(context, count);
        Value first = start.Form == BatchForm.Unbatched ? start.Value
            : packed ? RaggedIndex.PerToken(context, start.Value, count)
            : RaggedIndex.Column(context, start.Value, 2);
        Value scaled = delta == 1 ? positions : g.Mul(positions, g.Int(DType.I64, delta));
        Value numbers = g.Add(range.Start.DType == DType.I64 ? scaled : g.Cast(scaled, range.Start.DType), first);
        Value value = packed ? numbers : context.Emit(new Expand(numbers) { Shape = [context.Environment.BatchSize, count] });
        return context.Wrap(value, result);
    }
}
