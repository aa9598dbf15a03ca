using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>
/// Routing for a batch: tokens of all examples are more tokens. Where experts have a bounded number of places, each example keeps
/// its own: its tokens are a group, so that what is dropped does not depend on who else is in the batch.
/// </summary>
internal static class RouteBatching
{
    public static IReadOnlyList<Batched> Batch(BatchContext context, Route op)
    {
        if (op.CuGroups is not null)
        {
            throw context.Mixes("it counts places in groups of tokens of its own");
        }

        if (op.HasSlots && context.Mode == BatchMode.Padded && context.Operands[0] is { Form: BatchForm.Padded })
        {
            throw context.Mixes("padding would take places of experts");
        }

        return Folding.Batch(context, [0, Folding.Shared, Folding.Shared], emit: operands => context.EmitAll(op with
        {
            Logits = operands[0]!,
            SelectionBias = operands[1],
            CuGroups = op.HasSlots ? Groups(context) : null,
        }));
    }

    private static Value Groups(BatchContext context)
    {
        if (context.Operands[0] is { Form: BatchForm.Ragged } ragged)
        {
            return context.Environment.CuSeqlens(ragged.Partition!);
        }

        GraphBuilder g = context.Builder;
        Value zero = g.Int(DType.I64, 0);
        Value one = g.Int(DType.I64, 1);
        Value members = g.Range(zero, g.DimValue(context.Environment.BatchSize + 1), one);
        return g.Cast(g.Mul(members, g.DimValue(context.ShapeOf(0)[0])), DType.I32);
    }
}
