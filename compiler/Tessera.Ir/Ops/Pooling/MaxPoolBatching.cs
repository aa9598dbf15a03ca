using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>The batched forms of <see cref="MaxPool"/>, whose positions count over all elements of one example.</summary>
internal static class MaxPoolBatching
{
    /// <summary>Examples as members: positions less those of the examples before.</summary>
    public static IReadOnlyList<Batched> Members(BatchContext context, MaxPool op)
    {
        IReadOnlyList<Batched> results = Folding.Batch(context, [0]);
        GraphBuilder g = context.Builder;
        Batched positions = results[1];
        Shape own = context.ShapeOf(0);
        Value starts;
        if (positions.Form == BatchForm.Ragged)
        {
            Value first = RaggedIndex.PerToken(context, RaggedIndex.Starts(context, own[0]), own[0]);
            starts = g.Mul(first, RaggedIndex.Number(context, Dim.Product(own.Skip(1))));
        }
        else
        {
            Shape one = positions.Value.Shape;
            Value area = Dim.Product(own.Skip(1)).ConstValue is { } known ? g.Int(DType.I64, known) : RaggedIndex.Number(context, Dim.Product(own.Skip(1)));
            starts = g.Mul(g.Mul(RaggedIndex.Count(context, context.Environment.BatchSize), RaggedIndex.Number(context, one[1])), area);
        }

        return [results[0], positions with { Value = g.Sub(positions.Value, RaggedIndex.Column(context, starts, positions.Value.Rank)) }];
    }

    /// <summary>Windows along tokens: a position's row counts from its example's first, and rows from the example's own number of them.</summary>
    public static IReadOnlyList<Batched> AlongTokens(BatchContext context, MaxPool op)
    {
        if (op.StorageOrder != 0)
        {
            throw context.Mixes("its positions count column by column over the ragged axis");
        }

        Batched x = context.Operands[0]!;
        EquatableArray<long> pads = PoolBatching.Pads(context, op, x.Axis - 2);
        Value? indices = null;
        Value? apart = null;
        Batched values = PoolBatching.Values(context, op, double.NegativeInfinity, (v, p) =>
        {
            MaxPool pool = op with { X = v, Pads = p, AutoPad = "NOTSET", CeilMode = false };
            (apart, indices) = (v, context.EmitAll(pool)[1]);
            return pool;
        });
        WindowAxis window = PoolBatching.Window(op, pads, x.Axis - 2);
        return [values, x.Form == BatchForm.Padded ? Padded(context, x, indices!) : Packed(context, x, window, apart!, indices!)];
    }

    // outer · steps · inner of the whole becomes outer · length · inner of the example.
    private static Batched Packed(BatchContext context, Batched x, WindowAxis window, Value apart, Value indices)
    {
        GraphBuilder g = context.Builder;
        Batched rows = RaggedWindows.Collect(context, x, window, indices, output: 1);
        Dim count = context.ResultShape(1)[x.Axis];
        Value Each(Value perExample) => RaggedIndex.Column(context, RaggedIndex.PerToken(context, perExample, count), rows.Value.Rank);
        Value inner = RaggedIndex.Number(context, Dim.Product(context.ShapeOf(0).Skip(x.Axis + 1)));
        Value first = g.Add(
            RaggedIndex.Starts(context, window is { Before: 0, Behind: 0, Stride: 1 } ? x.Partition! : RaggedWindows.Slots(x, window) * window.Stride),
            g.Int(DType.I64, window.Before));
        return rows with { Value = Recount(g, rows.Value, inner, RaggedIndex.Number(context, apart.Shape[x.Axis]), Each(first), Each(context.Environment.Lengths(x.Partition!))) };
    }

    private static Batched Padded(BatchContext context, Batched x, Value indices)
    {
        GraphBuilder g = context.Builder;
        Shape own = context.ShapeOf(0);
        Value rows = Folding.Unfold(context, indices, 0, own[0]);
        Value Each(Value perExample) => RaggedIndex.Column(context, perExample, rows.Rank);
        Dim planes = Dim.Product(own.Take(x.Axis));
        Value inner = RaggedIndex.Number(context, Dim.Product(own.Skip(x.Axis + 1)));
        Value before = g.Mul(RaggedIndex.Count(context, context.Environment.BatchSize), RaggedIndex.Number(context, planes * own[x.Axis] * Dim.Product(own.Skip(x.Axis + 1))));
        Value at = g.Sub(rows, Each(before));
        return context.Wrap(
            Recount(g, at, inner, RaggedIndex.Number(context, own[x.Axis]), g.Int(DType.I64, 0), Each(context.Environment.Lengths(x.Partition!))), context.ResultShape(1));
    }

    private static Value Recount(GraphBuilder g, Value position, Value inner, Value steps, Value first, Value length)
    {
        Value one = g.Int(DType.I64, 1);
        Value column = g.Mod(position, g.Max(inner, one));
        Value line = g.Div(position, g.Max(inner, one));
        Value step = g.Sub(g.Mod(line, g.Max(steps, one)), first);
        Value outer = g.Div(line, g.Max(steps, one));
        return g.Add(g.Mul(g.Add(g.Mul(outer, length), step), inner), column);
    }
}
