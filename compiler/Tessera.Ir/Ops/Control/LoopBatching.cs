using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>The batched form of <see cref="Loop"/>: as many rounds for all examples, of a body that treats each by itself.</summary>
internal static class LoopBatching
{
    private const int Before = 2;

    public static IReadOnlyList<Batched> Batch(BatchContext context, Loop op)
    {
        if (context.Varies(0) || context.Varies(1))
        {
            throw context.Mixes("its number of rounds differs by example");
        }

        int carried = (int)op.Carried;
        Batched[] values = [.. context.Operands.Skip(Before).Select(static b => b!)];
        BatchedRegion body = Body(context, op, values);
        while (Enumerable.Range(0, carried).Where(i => IsRaised(values[i], body.Results[1 + i])).ToArray() is { Length: > 0 } raised)
        {
            foreach (int i in raised)
            {
                values[i] = new Batched(Stacking.ToBatch(context, values[i], op.Values[i].Shape), BatchForm.Dense);
            }

            body = Body(context, op, values);
        }

        Value[] results = [.. body.Results.Select((r, i) => i > 0 && i <= carried ? Carried(context, op, i - 1, values[i - 1], r, body) : r.Value)];
        IReadOnlyList<Value> outputs = context.EmitAll(new Loop(
            context.Operands[0]?.Value, context.Operands[1]?.Value, [.. values.Select(static b => b.Value), .. context.Environment.Partitions.Select(static p => p.Lengths)])
        {
            Carried = carried,
            Body = body.With(results),
        });
        return [.. outputs.Select((v, i) => i < carried ? values[i] with { Value = v } : Stacked(context, op, v, body.Results[1 + i]))];
    }

    private static BatchedRegion Body(BatchContext context, Loop op, Batched[] values)
    {
        GraphBuilder g = context.Builder;
        Batched round = new(g.Int(DType.I64, 0), BatchForm.Unbatched);
        Batched goes = new(g.Constant(TensorContent.From(DType.Bool, [], [true])), BatchForm.Unbatched);
        BatchedRegion body = context.Environment.Batch(op.Body, [round, goes, .. values]);
        return body.Results[0].Form == BatchForm.Unbatched ? body : throw context.Mixes("whether it goes on differs by example");
    }

    // What is the same for all examples at first, and not after a round.
    private static bool IsRaised(Batched before, Batched after) => before.Form == BatchForm.Unbatched && after.Form == BatchForm.Dense;

    private static Value Carried(BatchContext context, Loop op, int i, Batched before, Batched after, BatchedRegion body)
    {
        if (before.Form == BatchForm.Unbatched && after.Form == BatchForm.Unbatched)
        {
            return after.Value;
        }

        if (!op.Body.Parameters[Before + i].Type.Equals(op.Values[i].Type) || !op.Body.Results[1 + i].Type.Equals(op.Values[i].Type))
        {
            throw context.Mixes($"carried value {i} changes its sizes from round to round: {op.Values[i].Type} and {op.Body.Results[1 + i].Type}");
        }

        return before.Form == after.Form && before.Axis == after.Axis && before.Partition == after.Partition ? after.Value
            : after.Form == BatchForm.Unbatched && before.Form == BatchForm.Dense
                ? body.Environment.Builder.Expand(after.Value, [body.Environment.BatchSize, .. op.Values[i].Shape])
            : throw context.Mixes($"carried value {i} begins a round {before.Form} and ends it {after.Form}");
    }

    // [rounds, batch or tokens, …] as [batch or tokens, rounds, …]
    private static Batched Stacked(BatchContext context, Loop op, Value scan, Batched each)
    {
        if (each.Form == BatchForm.Unbatched)
        {
            return each with { Value = scan };
        }

        return op.Rounds is null
            ? throw context.Mixes("how many rounds there are is not known, and what they give differs by example")
            : each with { Value = Stacking.Permuted(context, scan, [1, 0, .. Enumerable.Range(2, scan.Rank - 2)]), Axis = each.Axis < 0 ? -1 : each.Axis + 1 };
    }
}
