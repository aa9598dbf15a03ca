using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>Key heads that a model repeats for the query heads which share them, as <c>repeat_kv</c> does; attention does that by itself.</summary>
internal static class RepeatedHeads
{
    /// <summary>The heads that were repeated, each after itself, along an axis of <paramref name="x"/>; null where they were not.</summary>
    /// <param name="x">Reshape of repeated heads, or a transpose of one.</param>
    /// <param name="axis">Where it has its heads.</param>
    /// <param name="context">Of the rewrite.</param>
    public static Value? Strip(Value x, int axis, RewriteContext context)
    {
        if (x.Op is Transpose transpose)
        {
            return Strip(transpose.X, (int)transpose.Perm[axis], context) is { } inner ? context.Emit(transpose with { X = inner }) : null;
        }

        if (x.Op is not Reshape { X: { Op: var repeat } spread } || Once(repeat, axis + 1) is not { } once
            || spread.Rank != x.Rank + 1 || once.Shape[axis + 1] != Dim.One || once.Shape[axis].ConstValue is not > 0)
        {
            return null;
        }

        Shape kept = once.Shape.RemoveAt(axis + 1);
        bool only = context.Equal(spread.Shape.RemoveAt(axis + 1), kept)
            && context.Equal(kept.RemoveAt(axis), x.Shape.RemoveAt(axis))
            && context.Equal(spread.Shape[axis] * spread.Shape[axis + 1], x.Shape[axis]);
        return only ? Axes.Reshape(once, kept, context) : null;
    }

    private static Value? Once(Op? repeat, int axis) => repeat switch
    {
        Expand expand when expand.X.Rank == expand.Shape.Rank => expand.X,
        Tile tile when tile.Repeats.Select((r, a) => a == axis || r == Dim.One).All(static same => same) => tile.X,
        _ => null,
    };
}
