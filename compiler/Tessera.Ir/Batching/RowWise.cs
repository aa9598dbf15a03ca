namespace Tessera.Ir.Batching;

/// <summary>Ops that work along the last axis of their first operand, all others being weights: norms, embeddings of rows.</summary>
public static class RowWise
{
    public static IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        if (x.Axis >= 0 && x.Axis == context.ShapeOf(0).Rank - 1)
        {
            throw context.Mixes("its last axis is the ragged one");
        }

        for (int i = 1; i < context.Operands.Count; i++)
        {
            if (context.Operands[i] is { Form: not BatchForm.Unbatched })
            {
                throw context.Mixes($"operand {i} must be a weight, the same for all examples");
            }
        }

        return [x with { Value = context.Emit(context.Op.WithOperands([.. context.Operands.Select(static b => b?.Value)])) }];
    }
}
