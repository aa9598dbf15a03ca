using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>The batched form of <see cref="If"/>: one choice for all examples, of branches that treat each by itself.</summary>
internal static class IfBatching
{
    public static IReadOnlyList<Batched> Batch(BatchContext context, If op)
    {
        if (context.Operands[0]!.Form != BatchForm.Unbatched)
        {
            throw context.Mixes("its condition differs by example");
        }

        Batched[] captures = [.. context.Operands.Skip(1).Select(static b => b!)];
        BatchedRegion then = context.Environment.Batch(op.Then, captures);
        BatchedRegion otherwise = context.Environment.Batch(op.Else, captures);
        Batched[] forms = [.. Enumerable.Range(0, op.OutputCount).Select(i => Joined(context, op, i, then.Results[i], otherwise.Results[i]))];
        IReadOnlyList<Value> values = context.EmitAll(new If(context.Operands[0]!.Value, [.. captures.Select(static b => b.Value), .. context.Environment.Partitions.Select(static p => p.Lengths)])
        {
            Then = then.With([.. then.Results.Select((r, i) => In(then, r, forms[i], op.Then.Results[i].Type))]),
            Else = otherwise.With([.. otherwise.Results.Select((r, i) => In(otherwise, r, forms[i], op.Else.Results[i].Type))]),
        });
        return [.. forms.Select((form, i) => form with { Value = values[i] })];
    }

    // The form that both have, or that both can be given.
    private static Batched Joined(BatchContext context, If op, int output, Batched a, Batched b)
    {
        if (a.Form == BatchForm.Unbatched && b.Form == BatchForm.Unbatched)
        {
            return a;
        }

        IrType type = op.Outputs[output].Type;
        if (type is not TensorType { Shape: not null } || !op.Then.Results[output].Type.Equals(type) || !op.Else.Results[output].Type.Equals(type))
        {
            throw context.Mixes($"its branches give result {output} other sizes: {op.Then.Results[output].Type} and {op.Else.Results[output].Type}");
        }

        return a.Axis < 0 && b.Axis < 0 ? a with { Form = BatchForm.Dense, Partition = null }
            : a.Form == b.Form && a.Axis == b.Axis && a.Partition == b.Partition ? a
            : throw context.Mixes($"its branches give result {output} in forms that do not join: {a.Form} and {b.Form}");
    }

    private static Value In(BatchedRegion region, Batched result, Batched form, IrType oneExample) =>
        result.Form == BatchForm.Unbatched && form.Form == BatchForm.Dense
            ? region.Environment.Builder.Expand(result.Value, [region.Environment.BatchSize, .. ((TensorType)oneExample).Shape!])
            : result.Value;
}
