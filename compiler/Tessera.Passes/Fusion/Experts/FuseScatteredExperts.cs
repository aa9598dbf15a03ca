using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Σ_j weights[t, j] · mlps(scatter(slots, x))[slots[t, j]], slots being expert · C + place and all experts one product over <c>[E, C, D]</c>
///  →  grouped_mlp(x, ids, weights), ids that found no room being −1. It holds where weights are finite: what was dropped is 0 times them.
/// </summary>
public sealed class FuseScatteredExperts : RewriteRule<ReduceSum>
{
    public override Value? Apply(ReduceSum op, RewriteContext context)
    {
        // [T, k, D] summed over k.
        if (op.X.Rank != 3 || op.Axes is not [1 or -2] || op.X.Op is not Mul { A: var a, B: var b })
        {
            return null;
        }

        return (Match(op, a, b, context) ?? Match(op, b, a, context)) is { } y ? Axes.Reshape(y, op.Outputs[0].Shape, context) : null;
    }

    private static Value? Match(ReduceSum op, Value rows, Value weight, RewriteContext context)
    {
        if (weight.Rank != 3 || weight.Shape[2] != Dim.One || Taken(rows) is not var (data, slots) || Results(data) is not var (results, endsInZero)
            || new ExpertMatcher(3).Match(results) is not { } form || form.X.Shape is not [{ ConstValue: { } experts }, var room, _]
            || Sent(form.X, experts * room, context) is not { } scatter || !ReferenceEquals(Index(scatter.Indices), slots))
        {
            return null;
        }

        PlaceReader reader = new(context);
        if (ExpertSlots.Of(slots, reader, experts, room, context) is not { } found || reader.K is not { } k || rows.Shape[1].ConstValue != k)
        {
            return context.Reject(op, "the rows that tokens are scattered to are not those of their experts and of places that running sums give");
        }

        Value? x = Tokens(scatter.Updates, k, context);
        Value? ids = x is not null && context.Equal(x.Shape[0] * k, found.Ids.Shape.NumElements) ? Axes.Reshape(found.Ids, [x.Shape[0], k], context) : null;
        if (x is null || ids is null || new Assignment(ids, ids) is not { } given || given.Experts != experts || !given.IsSelection(context))
        {
            return context.Reject(op, "it is not proved that every id is that of an expert, none twice, and every row that of its token");
        }

        bool hasRoom = context.Facts.GreaterEqual(room, x.Shape[0]) == Proof.Proved;
        if (Weights(weight, reader, room, ids, context) is not var (weights, areKept) || !(hasRoom || (found.AreBounded && (endsInZero || areKept))))
        {
            return context.Reject(op, "what found no room is not left out");
        }

        context.HoldsWhereFinite();
        Value kept = hasRoom ? ids : ExpertRoom.Bounded(ids, experts, room, found.Priority, context);
        return ExpertEmission.EmitStacks(op, context, x, new Assignment(kept, weights), form with { X = x }, experts);
    }

    // Rows by their slots, [T, k, D].
    private static (Value Data, Value Slots)? Taken(Value rows) => rows.Op switch
    {
        Gather { Axis: 0, Data: { Rank: 2 } data, Indices: { Rank: 2 } slots } => (data, Index(slots)),
        Reshape { X.Op: Gather { Axis: 0, Data: { Rank: 2 } data, Indices: { Rank: 1 } slots } } when rows.Shape[2] == data.Shape[1] => (data, Index(slots)),
        _ => null,
    };

    // Results [E, C, D] in rows, perhaps with some behind them.
    private static (Value Results, bool EndsInZero)? Results(Value data) => data.Op switch
    {
        Reshape { X: { Rank: 3 } results } when results.Shape[2] == data.Shape[1] => (results, false),
        Concat { Axis: 0 or -2, Inputs: [{ Op: Reshape { X: { Rank: 3 } results } }, var behind] } when results.Shape[2] == data.Shape[1] => (results, Numbers.IsZero(behind)),
        _ => null,
    };

    // Tokens scattered into rows of zeros (of anything: no other row is asked for), without the row behind all others.
    private static ScatterND? Sent(Value sent, Dim rows, RewriteContext context)
    {
        Value buffer = sent.Op is Reshape { X: { Rank: 2 } flat } ? flat : sent;
        buffer = buffer.Op is Slice { Axes: [0], Starts: [{ ConstValue: 0 }], X: var longer } slice && slice.Steps.All(static s => s == 1) ? longer : buffer;
        return buffer.Op is ScatterND { Data: { Rank: 2 } data } scatter && (scatter.Reduction == ScatterReduction.None || (scatter.Reduction == ScatterReduction.Add && Numbers.IsZero(data)))
            && scatter.Indices.Shape[^1] == Dim.One && (context.Equal(data.Shape[0], rows) || context.Equal(data.Shape[0], rows + 1)) && sent.Rank == 3
            && sent.Shape[2] == data.Shape[1] && context.Equal(sent.Shape[0] * sent.Shape[1], rows)
            ? scatter
            : null;
    }

    // Without an axis of size 1 behind the others, nor one for each token's choices.
    private static Value Index(Value slots)
    {
        while (slots.Op is Reshape or Cast { X.DType: DType.I32 or DType.I64, To: DType.I32 or DType.I64 })
        {
            slots = slots.Producer.Operands[0]!;
        }

        return slots;
    }

    // x [T, D] in the rows of all assignments, by token.
    private static Value? Tokens(Value rows, long k, RewriteContext context) => rows.Op switch
    {
        Gather { Axis: 0, Data: { Rank: 2 } x, Indices: { Rank: 1 } token } when ExpertSorting.AreTokens(token, k, context) => x,
        Reshape { X: { Op: Expand { X: { Op: Reshape { X: { Rank: 2 } x } } each } } spread } when each.Rank == 3 && each.Shape[1] == Dim.One && spread.Rank == 3
            && spread.Shape[1].ConstValue == k && context.Equal(spread.Shape[0], x.Shape[0]) && rows.Shape[^1] == x.Shape[1] => x,
        _ => k == 1 && rows.Rank == 2 ? rows : null,
    };

    // Factors [T, k, 1] that are no flags of room.
    private static (Value Weights, bool AreKept)? Weights(Value weight, PlaceReader reader, Dim room, Value ids, RewriteContext context)
    {
        if (LabelledFactors.Of(weight, "tj-", 'e', context) is not { } factors)
        {
            return null;
        }

        // What differs by expert is a sum over all of them.
        if (factors.Any(static f => f.Labels.Contains('e', StringComparison.Ordinal)))
        {
            return null;
        }

        (Value Value, string Labels)[] numbers = [.. factors.Where(f => !Fits(f.Value, f.Labels, reader, room))];
        return ChoiceWeights.Of(numbers, ids, context) is { } weights ? (weights, numbers.Length < factors.Count) : null;
    }

    private static bool Fits(Value flags, string labels, PlaceReader reader, Dim room)
    {
        while (flags.Op is Reshape or Cast { X.DType: DType.Bool } && flags.Producer.Operands[0] is { Rank: 1 or 2 } inner)
        {
            (flags, labels) = (inner, inner.Rank == 1 ? "n" : labels);
        }

        return reader.Fits(flags, labels, room);
    }
}
