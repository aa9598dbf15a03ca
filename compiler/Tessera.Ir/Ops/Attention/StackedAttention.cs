using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>Attentions that have a batch axis of their own: the examples of a batch are more of its members.</summary>
internal static class StackedAttention
{
    /// <param name="context">The op being batched: queries, keys and values, then what each member has one of, then perhaps a mask.</param>
    /// <param name="mask">Position of the mask, which broadcasts to <c>[B, H, n, m]</c>.</param>
    public static IReadOnlyList<Batched> Batch(BatchContext context, int mask)
    {
        bool perMember = context.Varies(mask) || (context.Operands[mask] is not null && context.ShapeOf(mask) is { Rank: 4 } own && own[0] != Dim.One);
        int[] axes = [.. Enumerable.Range(0, context.Operands.Count).Select(i => i == mask && !perMember ? Folding.Shared : 0)];
        if (!perMember)
        {
            return Folding.Batch(context, axes);
        }

        Dim members = context.ShapeOf(0)[0];
        Shape given = context.ShapeOf(mask);
        Shape raised = [.. Enumerable.Repeat(Dim.One, 4 - given.Rank), .. given];
        if (context.Operands[mask]!.Form is BatchForm.Ragged or BatchForm.Padded)
        {
            throw context.Mixes($"its mask, {given}, is ragged");
        }

        Batched?[] operands = [.. context.Operands];
        Dim batch = context.Environment.BatchSize;
        Value stacked = context.Emit(new Reshape(Stacking.ToBatch(context, operands[mask]!, given)) { Shape = [batch, .. raised] });
        Shape whole = raised.With(0, members);
        stacked = context.Emit(new Expand(stacked) { Shape = [batch, .. whole] });
        Value folded = Folding.Fold(context, stacked, 0);
        int[] others = [.. axes.Select((a, i) => i == mask ? Folding.Shared : a)];
        operands[mask] = new Batched(folded, BatchForm.Unbatched);
        return Folding.Batch(new BatchContext(context.Op, operands, context.Environment), others);
    }
}
