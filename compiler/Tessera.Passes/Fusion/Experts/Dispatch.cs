using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// A mask <c>[T, E, C]</c> that says at which place of which expert a token stands, each place one token's: a product of one-hot rows of
/// experts and of places, and perhaps weights, summed over a token's choices (GShard, arXiv 2006.16668; Switch, arXiv 2101.03961).
/// </summary>
/// <param name="Ids">Experts of each token.</param>
/// <param name="Priority">Whose assignments find room first.</param>
/// <param name="Weights">Factors beside the flags, with their axes.</param>
internal sealed record Dispatch(Value Ids, RoutePriority Priority, IReadOnlyList<(Value Value, string Labels)> Weights)
{
    private const string Axes3 = "tec";

    public static Dispatch? Of(Value mask, RewriteContext context)
    {
        if (mask.Rank != 3 || LabelledFactors.Of(mask, Axes3, 'j', context) is not { } factors)
        {
            return null;
        }

        Dim room = mask.Shape[2];
        PlaceReader reader = new(context);
        (bool isHot, bool isOfOne, bool areKept, bool needsKept) = (false, false, false, false);
        ExpertPlaces? places = null;
        List<(Value, string)> weights = [];
        foreach ((Value factor, string labels) in factors)
        {
            if (reader.IsHot(factor, labels))
            {
                isHot = true;
                isOfOne |= reader.IsOfOne(labels);
            }
            else if (labels is [.., 'c'])
            {
                if (places is not null || ExpertPlaces.Hot(factor) is not { } at || reader.Of(at, labels[..^1], room) is not ({ First: 0 } found, var kept))
                {
                    return null;
                }

                (places, needsKept) = (found, kept);
            }
            else if (reader.Fits(factor, labels, room))
            {
                areKept = true;
            }
            else
            {
                weights.Add((factor, labels));
            }
        }

        // What differs by choice belongs to one choice's flags.
        bool differs = factors.Any(static f => f.Labels.Contains('j', StringComparison.Ordinal));
        return isHot && (isOfOne || !differs) && places is not null && (areKept || !needsKept) && (reader.Priority ?? places.Priority) == places.Priority
            ? new Dispatch(places.Ids, places.Priority, weights)
            : null;
    }

    /// <summary>Weights of each token's choices, <c>[T, k]</c>; null where they are none.</summary>
    public Value? WeightsOf(Value ids, RewriteContext context)
    {
        Value? product = null;
        foreach ((Value factor, string labels) in Weights)
        {
            if (Chosen(factor, labels, ids, context) is not { } one)
            {
                return null;
            }

            product = product is null ? one : context.Emit(new Mul(product, one));
        }

        return product;
    }

    private static Value? Chosen(Value factor, string labels, Value ids, RewriteContext context)
    {
        Shape each = ids.Shape;
        string axes = labels.Replace(LabelledFactors.None.ToString(), "", StringComparison.Ordinal);
        return axes switch
        {
            "tj" or "jt" when !context.Equal(factor.Shape.NumElements, each.NumElements) => null,
            "tj" => Axes.Reshape(factor, each, context),
            "jt" => Axes.Reshape(Axes.Transpose(Axes.Reshape(factor, [each[1], each[0]], context), context, 1, 0), each, context),
            "t" when each[1] == Dim.One => Axes.Reshape(factor, each, context),
            "t" => context.Emit(new Expand(Axes.Reshape(factor, [each[0], Dim.One], context)) { Shape = each }),
            "te" when labels[^1] == 'e' => context.Emit(new GatherElements(Axes.Reshape(factor, [each[0], factor.Shape[^1]], context), ids) { Axis = 1 }),
            _ => null,
        };
    }
}
