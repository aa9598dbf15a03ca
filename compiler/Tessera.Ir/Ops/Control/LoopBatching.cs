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
        BatchedRegion body = CarriedForms.Settle(context, values, [.. op.Values.Take(carried)], first: 1, () => Body(context, op, values));
        Value[] results = [.. body.Results.Select((r, i) => i > 0 && i <= carried ? Carried(context, op, i - 1, values[i - 1], body) : r.Value)];
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

    private static Value Carried(BatchContext context, Loop op, int i, Batched before, BatchedRegion body) =>
        CarriedForms.Result(context, i, op.Values[i], before, body, (op.Body.Parameters[Before + i].Type, body.Results[1 + i], op.Body.Results[1 + i].Type));

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
