using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>
/// The batched forms of recurrent networks: examples are more of B. Steps that are ragged become a rectangle inside, with the lengths
/// beside it; steps beyond a length are not taken, whatever stands there.
/// </summary>
internal static class RecurrentBatching
{
    private const int X = 0;
    private const int Lengths = 4;
    private const int FirstState = 5;
    private const int Peepholes = 7;

    public static IReadOnlyList<Batched> Batch(BatchContext context, RecurrentOp op)
    {
        (int time, int members) = op.Layout == 0 ? (0, 1) : (1, 0);
        int[] axes =
        [
            .. Enumerable.Range(0, context.Operands.Count).Select(i => i is X || i is >= FirstState and < Peepholes ? members : i == Lengths ? 0 : Folding.Shared),
        ];
        int[] results = [op.Layout == 0 ? 2 : 0, .. Enumerable.Repeat(members, op.Outputs.Count - 1)];
        return context.Operands[X]!.Axis == time ? Ragged(context, op, axes, results) : Folding.Batch(context, axes, results);
    }

    private static IReadOnlyList<Batched> Ragged(BatchContext context, RecurrentOp op, int[] axes, int[] results)
    {
        Batched x = context.Operands[X]!;
        if (context.Operands[Lengths] is not null)
        {
            throw context.Mixes("its steps are ragged and it has lengths of its own");
        }

        Dim members = context.ShapeOf(X)[op.Layout == 0 ? 1 : 0];
        GraphBuilder g = context.Builder;
        Value lengths = g.Cast(context.Environment.Lengths(x.Partition!), DType.I32);
        Dim batch = context.Environment.BatchSize;
        Value each = g.Reshape(g.Expand(g.Reshape(lengths, [batch, 1]), [batch, members]), [batch * members]);
        SegmentGrid? grid = x.Form == BatchForm.Ragged ? new SegmentGrid(g, context.Environment.CuSeqlens(x.Partition!)) : null;

        // [batch, steps, others…], then the steps in their place behind the batch.
        Value rows = grid is null
            ? context.Environment.Fill(x, 0)
            : Stacking.Permuted(context, grid.Spread(x.Value, g.Float(x.Value.DType, 0)), op.Layout == 0 ? [0, 1, 2, 3] : [0, 2, 1, 3]);
        Batched?[] operands = [.. context.Operands];
        operands[X] = new Batched(rows, BatchForm.Dense);
        operands[Lengths] = new Batched(each, BatchForm.Unbatched);
        int[] own = [.. axes.Select((a, i) => i == Lengths ? Folding.Shared : a)];
        IReadOnlyList<Batched> all = Folding.Batch(new BatchContext(op, operands, context.Environment), own, results);
        Value y = all[0].Value;
        if (grid is not null)
        {
            Value first = Stacking.Permuted(context, y, op.Layout == 0 ? [0, 1, 2, 3, 4] : [0, 2, 1, 3, 4]);
            y = grid.Collect(first, context.Environment.Total(x.Partition!));
        }

        return [context.Wrap(y, context.ResultShape()), .. all.Skip(1).Select((s, i) => context.Wrap(s.Value, context.ResultShape(i + 1)))];
    }
}
