using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>Ids of assignments that find room at their expert, and −1 for those that do not: written in one way, which rules read again.</summary>
/// <param name="Ids">All assignments, <c>[T, k]</c>.</param>
/// <param name="Room">Places of each expert.</param>
/// <param name="Priority">Whose assignments find room first.</param>
internal sealed record ExpertRoom(Value Ids, Dim Room, RoutePriority Priority)
{
    // Fractions of a share are tried up to this denominator.
    private const long MostParts = 64;
    private const double MostRest = 1e-4;

    /// <summary>The ids that keep their place.</summary>
    public static Value Bounded(Value ids, long experts, Dim room, RoutePriority priority, RewriteContext context)
    {
        GraphBuilder g = context.Builder;
        bool byChoice = priority == RoutePriority.Choice && ids.Shape[1] != Dim.One;
        Value rows = byChoice ? Axes.Transpose(ids, context, 1, 0) : ids;
        Value hot = context.Emit(new OneHot(rows, context.Emit(new Constant { Value = RefTensors.ToContent(RefTensor.Ints(DType.I64, [2], [0, 1])) })) { Depth = experts });
        Value before = context.Emit(new CumSum(Axes.Reshape(hot, [rows.Shape.NumElements, experts], context)) { Axis = 0, Exclusive = true });
        Value places = context.Emit(new ReduceSum(context.Emit(new Mul(hot, Axes.Reshape(before, hot.Shape, context)))) { Axes = [2] });
        Value limit = room.ConstValue is { } known ? g.Int(DType.I64, known) : g.DimValue(room);
        return context.Emit(new Where(context.Emit(new Less(byChoice ? Axes.Transpose(places, context, 1, 0) : places, limit)), ids, g.Int(ids.DType, -1)));
    }

    /// <summary>What bounded ids are made of.</summary>
    public static ExpertRoom? Of(Value bounded, RewriteContext context)
    {
        if (bounded.Op is not Where { Condition: { Op: Less { A: var places, B: { } limit } } fits, X: { Rank: 2 } ids, Y: var none }
            || GateMatcher.Single(none) != -1 || SizeArithmetic.Of(limit, context) is not { } room)
        {
            return null;
        }

        PlaceReader reader = new(context);
        return reader.Of(places, "tj", room) is ({ First: 0 } found, false) && fits.Rank == 2 && ReferenceEquals(found.Ids, ExpertSorting.Root(ids)) ? new ExpertRoom(ids, room, found.Priority) : null;
    }

    /// <summary>The routing with this room, where it is a share of the tokens.</summary>
    public Route? In(Route route, RewriteContext context)
    {
        Dim tokens = route.Logits.Shape[0];
        (long experts, long k) = (route.Logits.Shape[1].ConstValue ?? 0, route.K);
        if (tokens.ConstValue is { } count && Room.ConstValue is { } places)
        {
            Real factor = new((double)places * experts / (k * Math.Max(count, 1)));
            bool isExact = count > 0 && Math.Round(factor.Value * k * count / experts, MidpointRounding.ToEven) == places && factor.Value is > 0 and <= Route.MostCapacityFactor;
            return isExact ? route with { CapacityFactor = factor, CapacityRounding = CapacityRounding.Round, Priority = Priority } : null;
        }

        // factor · k · T ÷ E, the factor a small fraction that f32 holds: then nothing is rounded before the last step.
        double share = (double)Large(Room) * experts / ((double)k * Math.Max(1, Large(tokens)));
        for (long parts = 1; parts <= MostParts; parts *= 2)
        {
            long whole = (long)Math.Round(share * parts);
            if (whole > 0 && share <= Route.MostCapacityFactor && Math.Abs(share - ((double)whole / parts)) < MostRest && Rounding(tokens * (whole * k), experts * parts, context) is { } rounding)
            {
                return route with { CapacityFactor = (double)whole / parts, CapacityRounding = rounding, Priority = Priority };
            }
        }

        return null;
    }

    private CapacityRounding? Rounding(Dim share, long parts, RewriteContext context) => context.Equal(Dim.CeilDiv(share, parts), Room) ? CapacityRounding.Ceil
        : context.Equal(Dim.FloorDiv(share, parts), Room) ? CapacityRounding.Floor
        : null;

    // What a size is where all it is made of is large.
    private static long Large(Dim size) => size.Evaluate(static _ => 1 << 20);
}
