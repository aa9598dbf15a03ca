using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Reads places at experts where axes are labelled: t for tokens, j for a token's choices, n for all choices of all tokens in one order, e
/// for experts. Once ids are met, all others must be the same.
/// </summary>
internal sealed class PlaceReader(RewriteContext context)
{
    /// <summary>The ids that all flags and places so far are of.</summary>
    public Value? Ids { get; private set; }

    public long? K => Ids is null ? null : Ids.Rank == 1 ? 1 : Ids.Shape[^1].ConstValue;

    /// <summary>The order of an axis n.</summary>
    public RoutePriority? Order { get; private set; }

    /// <summary>Whether a value holds the expert of each assignment.</summary>
    public bool AreIds(Value value, string labels) => ExpertPlaces.Ordered(value) is var (ids, order) && IsSame(ids) && Lies(value.Shape, labels, order, areSummed: false);

    /// <summary>Whether a value flags the expert of each assignment.</summary>
    public bool IsHot(Value flags, string labels)
    {
        if (labels is not [.., 'e'])
        {
            return false;
        }

        Shape shape = flags.Shape;
        while (labels is "ne" && flags.Op is Reshape { X: { Rank: > 1 } x } && x.Shape[^1] == shape[^1])
        {
            flags = x;
        }

        return ExpertPlaces.Hot(flags) is { } at && ExpertPlaces.Ordered(at) is var (ids, order)
            ? IsSame(ids) && Lies(shape, labels[..^1], order, areSummed: false)
            : ExpertPlaces.OfRows(flags) is { } all && IsSame(all) && Lies(shape, labels[..^1], RoutePriority.Token, areSummed: true);
    }

    /// <summary>Whether flags with these axes are of one choice, not of all that a token has.</summary>
    public bool IsOfOne(string labels) => K == 1 || labels.AsSpan().ContainsAny('j', 'n');

    /// <summary>The places that a value is: what they count from, and whether they are 0 for assignments without room.</summary>
    public (ExpertPlaces Places, bool AreKept)? Of(Value value, string labels, Dim room)
    {
        (value, long shift) = Shifted(value);
        if (LabelledFactors.Of(value, labels, 'e', context) is not { } factors)
        {
            return null;
        }

        (ExpertPlaces? places, bool isHot, bool areKept) = (null, false, false);
        foreach ((Value factor, string own) in factors)
        {
            if (IsHot(factor, own))
            {
                isHot |= IsOfOne(own);
            }
            else if (places is null && own is [.., 'e'] && ExpertPlaces.OfSums(factor, context) is { } sums && IsSame(sums.Ids) && Lies(factor.Shape, own[..^1], sums.Priority, areSummed: true))
            {
                places = sums;
            }
            else if (Fits(factor, own, room))
            {
                areKept = true;
            }
            else
            {
                return null;
            }
        }

        return places is not null && (isHot || labels.Contains('e', StringComparison.Ordinal)) ? (places with { First = places.First - shift }, areKept) : null;
    }

    /// <summary>Whether a value flags assignments that find room: whose places are below it.</summary>
    public bool Fits(Value flags, string labels, Dim room)
    {
        (Value? place, Value? bound, long first) = flags.Op switch
        {
            Less { A: var a, B: var b } => (a, b, 0),
            Greater { A: var a, B: var b } => (b, a, 0),
            LessOrEqual { A: var a, B: var b } => (a, b, 1L),
            GreaterOrEqual { A: var a, B: var b } => (b, a, 1),
            _ => ((Value?)null, (Value?)null, 0),
        };
        return place is not null && place.Rank == flags.Rank && IsRoom(bound!, room) && Of(place, labels, room) is (var places, false) && places.First == first
            && (Priority ??= places.Priority) == places.Priority;
    }

    /// <summary>The order in which flags of room are counted.</summary>
    public RoutePriority? Priority { get; private set; }

    private bool IsRoom(Value bound, Dim room)
    {
        while (bound.Op is Cast { X: { DType: DType.I32 or DType.I64 } x })
        {
            bound = x;
        }

        return SizeArithmetic.Of(bound, context) is { } size ? context.Equal(size, room) : Numbers.IsSplat(bound, out double number) && bound.Shape.NumElements == Dim.One && room.ConstValue == number;
    }

    private bool IsSame(Value ids)
    {
        Ids ??= ids;
        return ReferenceEquals(Ids, ids);
    }

    // Rows by token and choice: read one after another they are in this order. Flags of all choices of a token may be in one row.
    private bool Lies(Shape shape, string labels, RoutePriority order, bool areSummed)
    {
        string axes = labels.Replace(LabelledFactors.None.ToString(), "", StringComparison.Ordinal);
        if (axes == "n")
        {
            return (Order ??= order) == order && context.Equal(shape[labels.IndexOf('n', StringComparison.Ordinal)], Ids!.Shape.NumElements);
        }

        bool isInOrder = K == 1 ? axes is "t" or "tj" or "jt" : axes == (order == RoutePriority.Token ? "tj" : "jt") || (areSummed && axes == "t" && order == RoutePriority.Token);
        return isInOrder && Ids!.Rank <= 2 && labels.Select((c, a) => c switch { 't' => context.Equal(shape[a], Ids.Shape[0]), 'j' => shape[a].ConstValue == K, _ => true }).All(static fits => fits);
    }

    // x in x − 1.
    private static (Value Value, long Shift) Shifted(Value value)
    {
        while (value.Op is Cast { X: var x } && x.DType.IsInteger())
        {
            value = x;
        }

        return value.Op switch
        {
            Sub { A: var a, B: { Rank: 0 } b } when Numbers.IsSplat(b, out double by) && by == 1 => (a, 1),
            Add { A: var a, B: { Rank: 0 } b } when Numbers.IsSplat(b, out double by) && by == -1 => (a, 1),
            _ => (value, 0),
        };
    }
}
