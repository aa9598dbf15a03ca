using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Packing;

/// <summary>Folds along the padded axis: padding must be what changes nothing.</summary>
internal static class PaddingReductions
{
    public static PaddingState Reduce(PaddingContext c, ReduceOp op)
    {
        Shape x = c.ShapeOf(0);
        HashSet<int> axes = [.. (op.Axes.Count == 0 ? Enumerable.Range(0, x.Rank).Select(static a => (long)a) : op.Axes).Select(a => PaddingContext.Axis(a, x.Rank))];
        int[] padded = [.. axes.Where(a => c.IsRagged(x[a]))];
        if (padded.Length > 1)
        {
            throw c.Sees("it reduces over two padded axes at once");
        }

        if (padded is [var axis] && !IsNeutral(op, c[0], axis))
        {
            throw c.Sees(op is ReduceMean ? "it averages over padding too" : "it reduces over padding, of which nothing is known that would change nothing");
        }

        int[] kept = [.. Enumerable.Range(0, x.Rank).Where(a => op.KeepDims || !axes.Contains(a))];
        PaddingState result = c.FilledWhole(a => !axes.Contains(kept[a]) && op is ReduceSum && c.FillOf(0, kept[a]) is var fill && fill.Is(0) && (padded.Length == 0 || fill.IsEverywhere) ? fill : Fill.Unknown);
        return padded.Length == 0
            ? result with { Uniform = op is ReduceMean or ReduceMax or ReduceMin ? c[0].Uniform : null, Least = op is ReduceMax or ReduceMin ? c[0].Least : null }
            : result with { Length = op is ReduceSum && c[0].Uniform == 1 ? Dim.Product(axes.Order().Select(a => x[a])) : null, Least = op is ReduceMax or ReduceMin ? c[0].Least : null };
    }

    private static bool IsNeutral(ReduceOp op, PaddingState x, int axis) => op switch
    {
        ReduceSum or ReduceL1 or ReduceL2 or ReduceSumSquare => x.Fills[axis].Is(0),
        ReduceProd => x.Fills[axis].Is(1),
        ReduceLogSumExp => x.Fills[axis].IsLow,
        ReduceMax => x.Fills[axis].IsLow || x.Fills[axis].Number <= x.Least,
        _ => false,
    };

    /// <summary>The place of the largest: of equal ones the first, which is the example's own.</summary>
    public static PaddingState Best(PaddingContext c, ArgOp op)
    {
        int axis = PaddingContext.Axis(op.Axis, c.ShapeOf(0).Rank);
        Fill fill = c[0].Fills[axis];
        bool never = !c.IsRagged(0, axis) || (op is ArgMax && (fill.IsLow || (op.SelectLastIndex ? fill.Number < c[0].Least : fill.Number <= c[0].Least)));
        return never ? c.Plain() with { Least = 0 } : throw c.Sees("it might choose padding, of which nothing is known that keeps it from being the largest");
    }

    /// <summary>Running sums see what is before; backwards, they begin with padding.</summary>
    public static PaddingState Running(PaddingContext c, CumSum op)
    {
        int axis = PaddingContext.Axis(op.Axis, c.ShapeOf(0).Rank);
        return !c.IsRagged(0, axis) ? c.Plain()
            : op.Reverse ? c[0].Fills[axis].Is(0) ? c.Filled(a => a == axis ? Fill.Known(0) : Fill.Unknown) : throw c.Sees("it sums from the end, over padding")
            : c.Plain() with
            {
                Counts = c[0].Uniform == 1 ? (axis, op.Exclusive ? 0 : 1) : null,
                Least = c[0].Least >= 0 ? 0 : null,
            };
    }
}
