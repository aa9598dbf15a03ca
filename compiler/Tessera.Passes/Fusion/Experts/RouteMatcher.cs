using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes.Canonicalize;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Tells which routing the ids and weights of a site come from: what is selected by, what the weights are made of, and what is done to
/// them. What it cannot tell it names.
/// </summary>
internal sealed class RouteMatcher(GroupedMlp site, RewriteContext context)
{
    private const int Deepest = 12;
    private bool _renormalize;
    private double _epsilon;
    private double _scale = 1;

    /// <summary>Why a selection was not understood; null where there is none.</summary>
    public string? Reason { get; private set; }

    public Route? Match()
    {
        ExpertRoom? room = ExpertRoom.Of(Bare(site.Experts), context);
        Value ids = Bare(room?.Ids ?? site.Experts);
        if (ids.Producer is not (TopK or ArgMax))
        {
            return null;
        }

        Value picked = Finished(site.Weights);
        Route? route = ids.Producer switch
        {
            TopK { Largest: true } top when ids.Index == 1 && IsLast(top.Axis, top.X.Rank) => OfTopK(top, ids, picked),
            ArgMax { SelectLastIndex: false } most when IsLast(most.Axis, most.X.Rank) => OfArgMax(most, ids, picked),
            _ => Unknown<Route>("experts are not selected along the last axis, the largest first"),
        };
        if (route is null)
        {
            return null;
        }

        route = route with { Renormalize = _renormalize, Epsilon = _epsilon, Scale = _scale };
        return route.Logits.Shape[1].ConstValue == site.ExpertCount
            ? room is null ? route : room.In(route, context) ?? Unknown<Route>($"{room.Room} places at each expert are no share of {route.Logits.Shape[0]} tokens")
            : Unknown<Route>($"there are {route.Logits.Shape[1]} logits for {site.ExpertCount} experts");
    }

    // What weights are multiplied and divided by in the end, taken off from the outside in.
    private Value Finished(Value weights)
    {
        for (int depth = 0; depth < Deepest; depth++)
        {
            weights = Bare(weights);
            if (!_renormalize && weights.Op is Mul { A: var a, B: { Rank: 0 } b } && Constants.IsSplat(b, out double by) && Products.IsAttribute(_scale * by, weights.DType))
            {
                (weights, _scale) = (a, _scale * by);
            }
            else if (!_renormalize && weights.Op is Div { A: var w, B: var sum } && SumOf(sum, w) is { } epsilon)
            {
                (weights, _renormalize, _epsilon) = (w, true, epsilon);
            }
            else
            {
                break;
            }
        }

        return weights;
    }

    // ε in Σw + ε over the last axis.
    private static double? SumOf(Value sum, Value w)
    {
        double epsilon = 0;
        if (sum.Op is Add { A: var inner, B: { Rank: 0 } b } && Constants.IsSplat(b, out double given) && (given == 0 || (given > 0 && Products.IsAttribute(given, w.DType))))
        {
            (sum, epsilon) = (inner, given);
        }

        Value s = sum;
        while (s.Op is Reshape { X: var x })
        {
            s = x;
        }

        bool isSum = s.Op is ReduceSum { Axes: [var axis] } reduce && ReferenceEquals(reduce.X, w) && IsLast(axis, w.Rank)
            && sum.Rank == w.Rank && sum.Shape[^1] == Dim.One;
        return isSum ? epsilon : null;
    }

    private Route? OfTopK(TopK top, Value ids, Value weights)
    {
        if (top.K.ConstValue is not { } k || k < 1)
        {
            return Unknown<Route>($"k is {top.K}");
        }

        GroupedKeys? groups = GroupedKeys.Of(top.X, context);
        Value keys = groups?.Keys ?? top.X;
        if (ReferenceEquals(weights.Producer, top) && weights.Index == 0)
        {
            return Scored(keys) is var (logits, scoring) ? Within(groups, Made(logits, scoring, k), 0, isWeight: true) : Unknown<Route>("weights are what is selected by, which is no softmax or sigmoid of logits");
        }

        if (Scored(weights) is var (chosen, after) && ReferenceEquals(chosen.Producer, top) && chosen.Index == 0)
        {
            return Made(keys, after, k) is { } first ? Within(groups, first with { SelectFirst = true }, double.NegativeInfinity) : null;
        }

        if (weights.Op is not GatherElements { Data: var scores, Indices: var at } gather || !IsLast(gather.Axis, scores.Rank) || !ReferenceEquals(Bare(at), ids))
        {
            return Unknown<Route>("weights are neither what is selected by, nor a score of it, nor scores gathered at the selected experts");
        }

        return groups is not null && ReferenceEquals(Bare(scores), Bare(top.X))
            ? Within(groups, ByScores(keys, keys, k), 0, isWeight: true)
            : ByScores(keys, scores, k) is { } route ? Within(groups, route, Least(route.SelectionBias)) : null;
    }

    // Experts outside the best groups are never selected where what they are filled with is below every key; where weights are the
    // keys, 0 is low enough: it weighs as much as the 0 that it is taken for.
    private Route? Within(GroupedKeys? groups, Route? route, double least, bool isWeight = false)
    {
        if (groups is null || route is null)
        {
            return route;
        }

        bool isBelow = groups.Fill < least || double.IsNegativeInfinity(groups.Fill);
        if (!isBelow && !(isWeight && groups.Fill == 0))
        {
            return Unknown<Route>($"experts outside the best groups are filled with {new Real(groups.Fill)}, which is not known to be below every other key");
        }

        if (!isBelow)
        {
            context.HoldsWhereOrdered();
            context.HoldsWhereFinite();
        }

        long inGroup = (route.Logits.Shape[1].ConstValue ?? 0) / groups.Count;
        return route.K > groups.Top * inGroup
            ? Unknown<Route>($"{groups.Top} groups hold fewer than {route.K} experts")
            : route with { GroupCount = groups.Count, TopGroups = groups.Top, GroupScore = groups.Score };
    }

    // A score is 0 or more.
    private double Least(Value? bias) => bias is null ? 0
        : context.Weights.Numbers(Bare(bias)) is { Length: > 0 } numbers && !numbers.Any(double.IsNaN) ? numbers.Min()
        : double.NegativeInfinity;

    // Selected by score + bias, weighted by the score.
    private Route? ByScores(Value keys, Value scores, long k)
    {
        if (Scored(scores) is not var (logits, scoring))
        {
            return Unknown<Route>("the scores that weights are gathered from are no softmax or sigmoid of logits");
        }

        (keys, scores) = (Bare(keys), Bare(scores));
        if (ReferenceEquals(keys, scores))
        {
            return Made(logits, scoring, k);
        }

        Value? bias = keys.Op is Add { A: var a, B: var b } ? ReferenceEquals(Bare(a), scores) ? Row(b, logits) : ReferenceEquals(Bare(b), scores) ? Row(a, logits) : null : null;
        return bias is not null && Numbers.Wider(bias.DType, logits.DType) is { } type && Made(logits, scoring, k) is { } route
            ? route with { Logits = As(route.Logits, type), SelectionBias = As(bias, type) }
            : Unknown<Route>("experts are selected by something else than the score and a bias for each expert");
    }

    // One number for each expert, [E]: what all tokens share.
    private Value? Row(Value bias, Value logits) => bias.Rank > 0 && logits.Rank > 0 && bias.Shape.NumElements == bias.Shape[^1] && bias.Shape[^1] == logits.Shape[^1] ? Axes.Reshape(bias, [bias.Shape[^1]], context) : null;

    private Value As(Value value, DType type) => value.DType == type ? value : context.Emit(new Cast(value) { To = type });

    private Route? OfArgMax(ArgMax most, Value ids, Value weights)
    {
        bool gathered = weights.Op is GatherElements { Data: var data, Indices: var at } gather && IsLast(gather.Axis, data.Rank)
            && ReferenceEquals(data, most.X) && ReferenceEquals(Bare(at), ids);
        bool greatest = weights.Op is ReduceMax { Axes: [var axis], X: var x } && ReferenceEquals(x, most.X) && IsLast(axis, x.Rank);
        return !gathered && !greatest ? Unknown<Route>("weights are not the greatest of what is selected by")
            : Scored(most.X) is var (logits, scoring) ? Made(logits, scoring, 1)
            : Unknown<Route>("weights are what is selected by, which is no softmax or sigmoid of logits");
    }

    private Route? Made(Value logits, RouteScoring scoring, long k)
    {
        if (logits.Rank < 1 || logits.Shape[^1].ConstValue is null)
        {
            return Unknown<Route>($"the number of logits of a token is {(logits.Rank < 1 ? "none" : logits.Shape[^1].ToString())}");
        }

        Shape leading = [.. logits.Shape.SkipLast(1)];
        Dim tokens = leading.NumElements;
        return context.Equal(tokens, site.X.Shape[0])
            ? new Route(Axes.Reshape(logits, [tokens, logits.Shape[^1]], context)) { K = k, Scoring = scoring }
            : Unknown<Route>($"logits are of {tokens} tokens, experts of {site.X.Shape[0]}");
    }

    // Logits of which a value is the score, over the last axis.
    private static (Value Logits, RouteScoring Scoring)? Scored(Value value) => Bare(value).Op switch
    {
        Softmax softmax when IsLast(softmax.Axis, softmax.X.Rank) => (Bare(softmax.X), RouteScoring.Softmax),
        Sigmoid sigmoid => (Bare(sigmoid.X), RouteScoring.Sigmoid),
        _ => null,
    };

    // Without casts that keep every number; a reshape keeps the rows where it keeps their length.
    private static Value Bare(Value value)
    {
        for (int depth = 0; depth < Deepest; depth++)
        {
            switch (value.Op)
            {
                case Cast { X.DType: DType.I32 or DType.I64, To: DType.I32 or DType.I64 } ids:
                    value = ids.X;
                    break;
                case Cast cast when Numbers.Widens(cast):
                    value = cast.X;
                    break;
                case Reshape { X: { Rank: > 0 } x } when value.Rank > 0 && (x.Shape[^1] == value.Shape[^1] || value.Shape[^1] == Dim.One):
                    value = x;
                    break;
                default:
                    return value;
            }
        }

        return value;
    }

    private static bool IsLast(long axis, int rank) => axis == -1 || axis == rank - 1;

    private T? Unknown<T>(string reason)
        where T : class
    {
        Reason ??= reason;
        return null;
    }
}
