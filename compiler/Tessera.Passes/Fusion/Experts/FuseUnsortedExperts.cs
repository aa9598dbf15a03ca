using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// grouped_mlp over assignments in the order of their experts, brought back and summed over each token's  →  grouped_mlp(x, ids,
/// weights) over tokens. Brought back by the inverse order, by scattering, or added where the tokens stand.
/// </summary>
public sealed class FuseUnsortedExperts : RewriteRule<Op>
{
    public override Value? Apply(Op op, RewriteContext context) => op switch
    {
        ReduceSum { X: { Rank: 3 } x, Axes: [1 or -2] } sum => Summed(x, context) is { } y ? Axes.Reshape(y, sum.Outputs[0].Shape, context) : null,
        ScatterND { Reduction: ScatterReduction.Add, Data: { Rank: 2 } rest, Indices: var at, Updates: var rows } when at.Rank == 2
            => Tokens(rows, context) is { } found && ReferenceEquals(ExpertSorting.OfTokens(at, context)?.Sort, found.Sorting.Sort)
                && Emit(found, null, context) is { } y && context.Equal(rest.Shape, y.Shape) ? Numbers.IsZero(rest) ? y : context.Emit(new Add(rest, y)) : null,
        _ => null,
    };

    // [T, k, D], perhaps times weights [T, k, 1].
    private static Value? Summed(Value x, RewriteContext context) => x.Op switch
    {
        Mul { A: var a, B: var b } => Weighted(a, b, context) ?? Weighted(b, a, context),
        _ => Back(x, null, context),
    };

    private static Value? Weighted(Value rows, Value weight, RewriteContext context) => weight.Rank == 3 && weight.Shape[2] == Dim.One
        && context.Equal([.. weight.Shape.SkipLast(1)], [.. rows.Shape.SkipLast(1)]) ? Back(rows, weight, context) : null;

    private static Value? Back(Value rows, Value? weight, RewriteContext context)
    {
        if (rows.Op is not Reshape { X: { Rank: 2 } flat } || flat.Shape[1] != rows.Shape[2])
        {
            return null;
        }

        (Value? sorted, Value? at, bool isInverse) = flat.Op switch
        {
            Gather { Axis: 0, Data: var data, Indices: { Rank: 1 } inverse } => (data, inverse, true),
            ScatterND { Reduction: ScatterReduction.None, Data: var into, Indices: { Rank: 2 } order, Updates: var updates } when into.Shape[0] == updates.Shape[0] => (updates, order, false),
            _ => ((Value?)null, (Value?)null, false),
        };
        return sorted is not null && at is not null && Tokens(sorted, context) is { } found
            && (isInverse ? found.Sorting.IsInverse(at, context) : ReferenceEquals(ExpertSorting.Of(at, context)?.Sort, found.Sorting.Sort))
            && found.Sorting.K == rows.Shape[1].ConstValue
            ? Emit(found, weight, context)
            : null;
    }

    // Experts of each token in the order of the sort, whose ids they are; their results perhaps times weights.
    private static Found? Tokens(Value rows, RewriteContext context) => rows.Op switch
    {
        Mul { A: var a, B: { Rank: 2 } b } when b.Shape[1] == Dim.One && context.Equal(b.Shape[0], a.Shape[0]) => Tokens(a, b, context),
        Mul { A: { Rank: 2 } a, B: var b } when a.Shape[1] == Dim.One && context.Equal(b.Shape[0], a.Shape[0]) => Tokens(b, a, context),
        _ => Tokens(rows, null, context),
    };

    private static Found? Tokens(Value rows, Value? factor, RewriteContext context)
    {
        if (rows.Op is not GroupedMlp { WeightOn: WeightSide.Output, X.Op: Gather { Axis: 0, Data: { Rank: 2 } x, Indices: { Rank: 1 } token } } experts
            || experts.Experts.Shape[1] != Dim.One || ExpertSorting.OfTokens(token, context) is not { K: { } k } sorting || !IsSorted(experts.Experts, sorting, context)
            || !context.Equal(x.Shape[0] * k, sorting.Count) || !new Assignment(sorting.Ids, sorting.Ids).IsSelection(context))
        {
            return null;
        }

        Value?[] given = [experts.Weights, factor];
        (bool IsOne, Value? Weights)[] weights = [.. given.OfType<Value>().Select(w => Unsorted(w, sorting, context))];
        return weights.All(static w => w.IsOne || w.Weights is not null) ? new Found(experts, x, sorting, [.. weights.Select(static w => w.Weights).OfType<Value>()]) : null;
    }

    private static bool IsSorted(Value ids, ExpertSorting sorting, RewriteContext context) => ExpertSorting.Root(ids) is var root && (ReferenceEquals(root, sorting.Sorted)
        || (root.Op is Gather { Axis: 0, Data: { Rank: 1 } flat, Indices: var order } && ReferenceEquals(ExpertSorting.Root(flat), sorting.Ids)
            && ReferenceEquals(ExpertSorting.Of(order, context)?.Sort, sorting.Sort)));

    // Weights of assignments before they were put in order; 1 is the same in any order.
    private static (bool IsOne, Value? Weights) Unsorted(Value weights, ExpertSorting sorting, RewriteContext context)
    {
        if (Numbers.IsSplat(weights, out double one) && one == 1)
        {
            return (true, null);
        }

        Value column = weights.Op is Reshape { X: { Rank: 1 } x } ? x : weights;
        return column.Op is Gather { Axis: 0, Data: var flat, Indices: var order } && context.Equal(flat.Shape.NumElements, sorting.Count)
            && ReferenceEquals(ExpertSorting.Of(order, context)?.Sort, sorting.Sort) ? (false, flat) : (false, null);
    }

    private static Value Emit(Found found, Value? outer, RewriteContext context)
    {
        (GroupedMlp experts, Value x, ExpertSorting sorting, Value[] inner) = found;
        ExpertSorting.RelyOn(sorting.Sorted, sorting.Ids, context);
        Shape each = [x.Shape[0], Dim.Const(sorting.K!.Value)];
        Value ids = Axes.Reshape(sorting.Ids, each, context);
        Value[] weights = [.. (outer is null ? inner : [.. inner, outer]).Select(w => Axes.Reshape(w, each, context))];
        return context.Emit(experts with
        {
            X = x,
            Experts = ids.DType == DType.I64 ? ids : context.Emit(new Cast(ids) { To = DType.I64 }),
            Weights = weights.Length == 0
                ? context.Emit(new Expand(context.Builder.Float(x.DType, 1)) { Shape = each })
                : weights.Aggregate((a, b) => context.Emit(new Mul(a, b))),
        });
    }

    private sealed record Found(GroupedMlp Experts, Value X, ExpertSorting Sorting, Value[] Weights);
}
