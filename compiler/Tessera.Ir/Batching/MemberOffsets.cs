namespace Tessera.Ir.Batching;

/// <summary>What positions that count over all members of an op are moved by when the examples of a batch are folded into them.</summary>
public static class MemberOffsets
{
    /// <summary><c>i64[batch · N]</c>, or of the tokens of a ragged N: how far the counting of each member's example lies behind.</summary>
    /// <param name="context">The op being batched.</param>
    /// <param name="operand">An operand with the axis N in front.</param>
    /// <param name="perExample">How far the counting goes for one example.</param>
    public static Value Of(BatchContext context, int operand, Dim perExample)
    {
        GraphBuilder g = context.Builder;
        Batched x = context.Operands[operand]!;
        Dim members = context.ShapeOf(operand)[0];
        if (x.Form == BatchForm.Ragged || x.Axis == 0)
        {
            throw context.Mixes("its positions count over all members, whose number is ragged");
        }

        Dim batch = context.Environment.BatchSize;
        Value starts = g.Mul(RaggedIndex.Count(context, batch), RaggedIndex.Number(context, perExample));
        return g.Reshape(g.Expand(g.Reshape(starts, [batch, 1]), [batch, members]), [batch * members]);
    }
}
