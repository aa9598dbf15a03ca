using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>Which forms values have that one round of a batched region hands to the next.</summary>
internal static class CarriedForms
{
    /// <summary>The batched region, and the forms in which its first round takes values: what a round makes different for each example is so from the start.</summary>
    /// <param name="values">Carried values as they come; of some the form is raised.</param>
    /// <param name="first">Which result of the region is the first carried value.</param>
    public static BatchedRegion Settle(BatchContext context, Batched[] values, IReadOnlyList<Value> given, int first, Func<BatchedRegion> batch)
    {
        BatchedRegion body = batch();
        while (Enumerable.Range(0, given.Count).Where(i => IsRaised(values[i], body.Results[first + i])).ToArray() is { Length: > 0 } raised)
        {
            foreach (int i in raised)
            {
                values[i] = new Batched(Stacking.ToBatch(context, values[i], given[i].Shape), BatchForm.Dense);
            }

            body = batch();
        }

        return body;
    }

    /// <summary>A round's result in the form in which the round took it.</summary>
    /// <exception cref="TesseraException">TSR0401: it has other sizes, or a form of another kind.</exception>
    public static Value Result(BatchContext context, int i, Value given, Batched before, BatchedRegion body, (IrType Parameter, Batched Value, IrType Type) after)
    {
        if (before.Form == BatchForm.Unbatched && after.Value.Form == BatchForm.Unbatched)
        {
            return after.Value.Value;
        }

        if (!after.Parameter.Equals(given.Type) || !after.Type.Equals(given.Type))
        {
            throw context.Mixes($"carried value {i} changes its sizes from round to round: {given.Type} and {after.Type}");
        }

        return before.Form == after.Value.Form && before.Axis == after.Value.Axis && before.Partition == after.Value.Partition ? after.Value.Value
            : after.Value.Form == BatchForm.Unbatched && before.Form == BatchForm.Dense
                ? body.Environment.Builder.Expand(after.Value.Value, [body.Environment.BatchSize, .. given.Shape])
            : throw context.Mixes($"carried value {i} begins a round {before.Form} and ends it {after.Value.Form}");
    }

    // What is the same for all examples at first, and not after a round.
    private static bool IsRaised(Batched before, Batched after) => before.Form == BatchForm.Unbatched && after.Form == BatchForm.Dense;
}
