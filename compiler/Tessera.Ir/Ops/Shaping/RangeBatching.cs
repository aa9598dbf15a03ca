using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>The batched forms of <see cref="Range"/>: positions begin anew in each example.</summary>
internal static class RangeBatching
{
    public static Batched Batch(BatchContext context, Range range)
    {
        Dim count = context.ResultShape()[0];
        if (Range.Content(range.Start) is not { } start || Range.Content(range.Delta)?.ConstValue is null
            || context.Environment.IsRagged(start) || !context.Environment.IsRagged(count) || context.Mode == BatchMode.Packed)
        {
            throw context.Mixes("its first number and its step must be the same for all examples, and only sizes may set its limit");
        }

        // The numbers of the longest example begin with those of every other.
        Value limit = context.Emit(new DimValue { Dim = Range.Content(range.Limit)! });
        Value longest = context.Emit(new Range(context.Operands[0]!.Value, limit, context.Operands[2]!.Value));
        Value value = context.Emit(new Expand(longest) { Shape = [context.Environment.BatchSize, count] });
        return context.Wrap(value, context.ResultShape());
    }
}
