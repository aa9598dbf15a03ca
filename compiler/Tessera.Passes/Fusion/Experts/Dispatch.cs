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
}
