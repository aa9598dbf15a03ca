using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>The batched forms of <see cref="Gather"/>.</summary>
internal static class GatherBatching
{
    public static Batched Batch(BatchContext context, long givenAxis)
    {
        (Batched data, Batched indices) = (context.Operands[0]!, context.Operands[1]!);
        int axis = (int)(givenAxis < 0 ? givenAxis + context.ShapeOf(0).Rank : givenAxis);
        if (data.Form == BatchForm.Unbatched)
        {
            return FromShared(context, data.Value, indices, axis);
        }

        if (indices.Form == BatchForm.Unbatched && axis != data.Axis)
        {
            Value value = context.Emit(new Gather(data.Value, indices.Value) { Axis = Layout.Axis(data, axis) });
            return context.Wrap(value, context.ResultShape());
        }

        throw context.Mixes("it gathers along the ragged axis, or by indices that differ by example");
    }

    // One table for all examples: the indices' first axis, batch or tokens, moves to the front.
    private static Batched FromShared(BatchContext context, Value data, Batched indices, int axis)
    {
        Value at = indices.Form == BatchForm.Padded ? context.Environment.Fill(indices, 0) : indices.Value;
        Value value = context.Emit(new Gather(data, at) { Axis = axis });
        int[] perm = [axis, .. Enumerable.Range(0, value.Rank).Where(a => a != axis)];
        return context.Wrap(Stacking.Permuted(context, value, perm), context.ResultShape());
    }
}
