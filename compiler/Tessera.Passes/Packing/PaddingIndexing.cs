using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Packing;

/// <summary>Gathers: an index from the front of an example leads to its own element, one from the end to padding.</summary>
internal static class PaddingIndexing
{
    public static PaddingState Of(PaddingContext c)
    {
        if (c.Op is not OneHot && c[1].IsRaw)
        {
            throw c.Sees("the mask carries more than padding: it is looked up in a table");
        }

        return c.Op switch
        {
            Gather gather => Rows(c, PaddingContext.Axis(gather.Axis, c.ShapeOf(0).Rank)),
            GatherElements gather => Elements(c, PaddingContext.Axis(gather.Axis, c.ShapeOf(0).Rank)),
            GatherND gather => Nested(c, gather),
            _ => c.Plain() with { Least = null },
        };
    }

    private static PaddingState Rows(PaddingContext c, int axis)
    {
        RequireFromFront(c, c.ShapeOf(0)[axis]);
        int indices = c.ShapeOf(1).Rank;
        return c.Filled(a => a < axis ? c[0].Fills[a] : a >= axis + indices ? c[0].Fills[a - indices + 1] : Fill.Unknown) with { Uniform = c[0].Uniform, Least = c[0].Least };
    }

    private static PaddingState Elements(PaddingContext c, int axis)
    {
        RequireFromFront(c, c.ShapeOf(0)[axis]);
        return c.Plain() with { Uniform = c[0].Uniform, Least = c[0].Least };
    }

    private static PaddingState Nested(PaddingContext c, GatherND op)
    {
        int columns = (int)(c.ShapeOf(1)[c.ShapeOf(1).Rank - 1].ConstValue ?? c.ShapeOf(0).Rank - op.BatchDims);
        for (int axis = 0; axis < columns; axis++)
        {
            RequireFromFront(c, c.ShapeOf(0)[(int)op.BatchDims + axis]);
        }

        return c.Plain() with { Uniform = c[0].Uniform, Least = c[0].Least };
    }

    // An index is known not to count from the end wherever the example has anything to be gathered from.
    private static void RequireFromFront(PaddingContext c, Dim size)
    {
        if (!c.IsRagged(size))
        {
            return;
        }

        PaddingState index = c[1];
        DimFacts some = new([.. c.Facts.Constraints, new Constraint.GreaterEqual(size, Dim.One)]);
        bool front = index.Least >= 0 || index.Uniform >= 0 || index.Counts is (_, >= 0)
            || (index.Length is { } length && some.GreaterEqual(length, Dim.Zero) == Proof.Proved);
        if (!front)
        {
            throw c.Sees("an index may count from the end, where padding is: the last place is an example's own only where padding is on the left");
        }
    }
}
