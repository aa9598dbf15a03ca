using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>
/// The batched forms of <see cref="Scan"/>: as many rounds for all examples of a body that treats each by itself; or, where it goes along the tokens
/// of each, as many as the longest example has (<see cref="RaggedScan"/>).
/// </summary>
internal static class ScanBatching
{
    public static IReadOnlyList<Batched> Batch(BatchContext context, Scan op)
    {
        int[] axes = [.. Enumerable.Range(0, (int)op.ScanInputs).Select(op.InputAxis)];
        return axes.Where((a, k) => context.Operands[op.States + k]!.Axis == a).Any()
            ? RaggedScan.Batch(context, op, axes)
            : Shared(context, op, axes);
    }

    /// <summary>What one round takes of a tensor; only its type and form matter.</summary>
    public static Batched Slice(BatchContext context, Batched whole, int axis, int physical) => whole with
    {
        Value = context.Builder.Gather(whole.Value, context.Builder.Int(DType.I64, 0), axis: physical),
        Axis = whole.Axis > axis ? whole.Axis - 1 : whole.Axis,
    };

    private static IReadOnlyList<Batched> Shared(BatchContext context, Scan op, int[] axes)
    {
        (int states, int carried) = (op.States, (int)op.Carried);
        Batched[] values = [.. context.Operands.Select(static b => b!)];
        long[] physical = [.. axes.Select((a, k) => (long)Layout.Axis(values[states + k], a))];
        Batched[] slices = [.. axes.Select((a, k) => Slice(context, values[states + k], a, (int)physical[k]))];
        BatchedRegion body = CarriedForms.Settle(
            context, values, [.. op.Values.Take(states)], first: 0,
            () => context.Environment.Batch(op.Body, [.. values.Take(states), .. slices, .. values.Skip(carried)]));
        Batched[] stacked = [.. body.Results.Skip(states).Select((r, k) => r.Axis < op.OutputAxis(k) ? r : r with { Axis = r.Axis + 1 })];
        IReadOnlyList<Value> outputs = context.EmitAll(new Scan([.. values.Select(static b => b.Value), .. context.Environment.Partitions.Select(static p => p.Lengths)])
        {
            Carried = carried,
            ScanInputs = op.ScanInputs,
            Body = body.With([.. body.Results.Select((r, i) => i < states ? Carried(context, op, i, values[i], body) : r.Value)]),
            InputAxes = [.. physical],
            InputDirections = op.InputDirections,
            OutputAxes = [.. stacked.Select((r, k) => (long)Layout.Axis(r, op.OutputAxis(k)))],
            OutputDirections = op.OutputDirections,
        });
        return [.. outputs.Select((v, i) => (i < states ? values[i] : stacked[i - states]) with { Value = v })];
    }

    /// <summary>State i as a round leaves it.</summary>
    public static Value Carried(BatchContext context, Scan op, int i, Batched before, BatchedRegion body) =>
        CarriedForms.Result(context, i, op.Values[i], before, body, (op.Body.Parameters[i].Type, body.Results[i], op.Body.Results[i].Type));
}
