using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Places of assignments at their experts: how many before them, in some order, go to the same expert; from 0, or from 1 where a place
/// counts itself.
/// </summary>
/// <param name="Ids">The assignments, <c>[T, k]</c> or <c>[T]</c>.</param>
/// <param name="Priority">Their order.</param>
/// <param name="First">What the first place is called.</param>
internal sealed record ExpertPlaces(Value Ids, RoutePriority Priority, long First)
{
    private const int Deepest = 12;

    /// <summary>Running sums of one-hot rows <c>[…, E]</c>, along all that stands before the last axis.</summary>
    public static ExpertPlaces? OfSums(Value sums, RewriteContext context)
    {
        long first = 1;
        for (int depth = 0; depth < Deepest; depth++)
        {
            switch (sums.Op)
            {
                case Add { A: var a, B: { Rank: 0 } b } when Numbers.IsSplat(b, out double by) && by == -1:
                    (sums, first) = (a, first - 1);
                    break;
                case Sub { A: var a, B: { Rank: 0 } b } when Numbers.IsSplat(b, out double by) && by == 1:
                    (sums, first) = (a, first - 1);
                    break;
                case Cast { X: var x, To: DType.I32 or DType.I64 or DType.F32 or DType.F64 } when x.DType.IsInteger() || x.DType == DType.F32:
                    sums = x;
                    break;
                case Reshape { X: { Rank: > 1 } x } when x.Shape[^1] == sums.Shape[^1]:
                    sums = x;
                    break;
                case CumSum { Axis: 0 or -2, Reverse: false, X: { Rank: 2 } flags } sum:
                    return OfFlags(flags, context) is var (ids, order) ? new ExpertPlaces(ids, order, sum.Exclusive ? first - 1 : first) : null;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Assignments of which one-hot rows are the flags, one after another.</summary>
    private static (Value Ids, RoutePriority Order)? OfFlags(Value flags, RewriteContext context)
    {
        for (int depth = 0; depth < Deepest; depth++)
        {
            if (Hot(flags) is { } at)
            {
                return Ordered(at) is var (root, order) ? (root, order) : null;
            }

            switch (flags.Op)
            {
                case Cast { X: var x }:
                    flags = x;
                    break;
                case Reshape { X: { Rank: > 1 } x } when x.Shape[^1] == flags.Shape[^1]:
                    flags = x;
                    break;
                case ReduceSum when OfRows(flags) is { } rows:
                    return (rows, RoutePriority.Token);
                case Transpose { Perm: [1, 0, 2], X: var x } when Hot(x) is { } each && Ordered(each) is var (root, order) && root.Rank == 2 && context.Equal(each.Shape, root.Shape):
                    return (root, order == RoutePriority.Token ? RoutePriority.Choice : RoutePriority.Token);
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Ids of rows <c>[T, E]</c> in which all choices of a token are flagged.</summary>
    public static Value? OfRows(Value flags) => flags.Op is ReduceSum { X: { Rank: 3 } x, Axes: [1 or -2], KeepDims: false } && Hot(x) is { } each && Ordered(each) is (var root, RoutePriority.Token)
        ? root
        : null;

    /// <summary>Ids of flags <c>[…, E]</c> that are set where an id is the number of the column; nothing is where an id is below 0.</summary>
    public static Value? Hot(Value flags) => GateMatcher.OneHotOf(flags) ?? Same(flags);

    /// <summary>The same by comparing with all numbers: an id below 0 sets nothing.</summary>
    public static Value? Same(Value flags)
    {
        while (flags.Op is Cast { X: var x })
        {
            flags = x;
        }

        return flags.Op is not Equal { A: var a, B: var b } || !a.DType.IsInteger() ? null : Column(a, b, flags) ?? Column(b, a, flags);
    }

    private static Value? Column(Value ids, Value all, Value flags) => ids.Rank == flags.Rank && ids.Shape[^1] == Dim.One && ids.Op is Reshape { X: { } at }
        && at.Rank == ids.Rank - 1 && all.Rank > 0 && all.Shape.NumElements == all.Shape[^1] && all.Shape[^1] == flags.Shape[^1] && ExpertSorting.IsCounting(Flat(all)) ? at : null;

    private static Value Flat(Value value) => value.Op is Reshape { X: { Rank: 1 } x } ? x : value;

    /// <summary>What ids are, and in which order they stand when they are read one after another.</summary>
    public static (Value Root, RoutePriority Order)? Ordered(Value ids)
    {
        bool turned = false;
        for (int depth = 0; depth < Deepest; depth++)
        {
            switch (ids.Op)
            {
                case Cast { X.DType: DType.I32 or DType.I64, To: DType.I32 or DType.I64 } or Reshape when !turned || ids.Op is Cast:
                    ids = ids.Producer.Operands[0]!;
                    break;
                case Transpose { Perm: [1, 0], X: var x } when !turned:
                    (ids, turned) = (x, true);
                    break;
                default:
                    return (ids, turned || (ids.Rank == 1 || ids.Shape[^1] == Dim.One) ? RoutePriority.Choice : RoutePriority.Token);
            }
        }

        return null;
    }
}
