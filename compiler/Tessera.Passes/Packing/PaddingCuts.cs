using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Packing;

/// <summary>Ops that take a part, or put something around it.</summary>
internal static class PaddingCuts
{
    private const int MostElements = 1 << 22;

    public static IReadOnlyList<PaddingState> Of(PaddingContext c) => c.Op switch
    {
        Slice slice => [Sliced(c, slice)],
        Split split => c.IsRagged(0, PaddingContext.Axis(split.Axis, c.ShapeOf(0).Rank)) ? throw c.Sees("it cuts the padded axis")
            : [.. c.Op.Outputs.Select((_, i) => c[0] with { Counts = null })],
        Pad pad => [Padded(c, pad)],
        Trilu triangle => [Triangle(c, triangle)],
        _ => [Diagonal(c, (EyeLike)c.Op)],
    };

    private static PaddingState Sliced(PaddingContext c, Slice op)
    {
        Shape x = c.ShapeOf(0);
        HashSet<int> cut = [];
        bool shown = false;
        for (int k = 0; k < op.Axes.Count; k++)
        {
            int axis = PaddingContext.Axis(op.Axes[k], x.Rank);
            long step = op.Steps.Count == 0 ? 1 : op.Steps[k];
            if (!c.IsRagged(x[axis]))
            {
                if (c.IsRagged(op.Starts[k]) || (c.IsRagged(op.Ends[k]) && step < 1))
                {
                    throw c.Sees("it begins where the padded example ends");
                }

                cut.Add(axis);
                continue;
            }

            if (step < 1 || op.Starts[k].ConstValue is not >= 0)
            {
                throw c.Sees(step < 1 ? "it runs backwards, from padding" : "it counts from the end, where padding is: the last place is an example's own only where padding is on the left");
            }

            if (op.Ends[k] != x[axis] && op.Ends[k].ConstValue is not >= int.MaxValue)
            {
                cut.Add(axis);
                shown |= op.Ends[k].ConstValue is not >= 0;
            }
        }

        Fill Kept(Fill fill, int axis) => !cut.Contains(axis) ? fill
            : (shown ? c[0].Uniform is { } own && fill.Is(own) : c[0].Uniform is not null) ? fill with { IsEverywhere = false }
            : Fill.Unknown;
        PaddingState state = c[0] with { Fills = [.. c[0].Fills.Select(Kept)] };
        return state with { Counts = state.Counts is var (along, first) ? Counted(op, x, along, first) : null, Fills = Corner(c, op) ?? state.Fills };
    }

    private static (int, long)? Counted(Slice op, Shape x, int along, long first)
    {
        int k = op.Axes.ToList().FindIndex(a => PaddingContext.Axis(a, x.Rank) == along);
        return k < 0 ? (along, first)
            : (op.Steps.Count == 0 || op.Steps[k] == 1) && op.Starts[k].ConstValue is >= 0 and var start ? (along, first + start)
            : null;
    }

    // The triangle for the longest sequence, cut to size: what is right of the diagonal is the same everywhere.
    private static IReadOnlyList<Fill>? Corner(PaddingContext c, Slice op)
    {
        int rank = c.Result.Rank;
        Value whole = op.X;
        while (whole.Op is Slice { X: var inner } above && above.Starts.All(static s => s == Dim.Zero))
        {
            whole = inner;
        }

        if (rank < 2 || whole.Op is not Constant { Value: { Count: > 0 and <= MostElements } content } || !op.Starts.All(static s => s == Dim.Zero)
            || !c.IsRagged(c.Result.Shape[rank - 1]) || c.Result.Shape[rank - 1] != c.Result.Shape[rank - 2])
        {
            return null;
        }

        RefTensor all = RefTensors.FromContent(content);
        (long rows, long columns) = (content.Dims[^2], content.Dims[^1]);
        double At(int i) => all.DType == DType.Bool ? (all.B[i] ? 1 : 0) : all.Number(i);
        int[] right = all.DType == DType.String ? [] : [.. Enumerable.Range(0, all.Count).Where(i => i % columns > i / columns % rows)];
        return right.Length > 0 && right.All(i => At(i).Equals(At(right[0])))
            ? [.. Enumerable.Range(0, rank).Select(a => a == rank - 1 ? Fill.Known(At(right[0])) : Fill.Unknown)]
            : null;
    }

    private static PaddingState Padded(PaddingContext c, Pad op)
    {
        int rank = c.ShapeOf(0).Rank;
        if (op.Pads.Any(c.IsRagged))
        {
            throw c.Sees("what it puts around depends on the padded length");
        }

        foreach (int axis in c.RaggedAxes(c.ShapeOf(0)))
        {
            Fill fill = c[0].Fills[axis];
            double? own = op.Fill is null ? 0 : c[1].Uniform;
            bool before = op.Pads[axis].ConstValue is >= 0 && (op.Mode == PadMode.Constant || op.Pads[axis] == Dim.Zero);
            bool behind = op.Pads[axis + rank] == Dim.Zero || (op.Mode == PadMode.Constant && op.Pads[axis + rank].ConstValue is > 0 && own is { } number && fill.Is(number));
            if (!before || !behind)
            {
                throw c.Sees("it puts something behind padding");
            }
        }

        // Rows and columns put beside hold the number themselves, in padding too.
        bool Beside(int a) => Enumerable.Range(0, rank).Any(b => b != a && (op.Pads[b] != Dim.Zero || op.Pads[b + rank] != Dim.Zero));
        double? put = op.Mode != PadMode.Constant ? null : op.Fill is null ? 0 : c[1].Uniform;
        return c.Filled(a => (op.Pads[a + rank] == Dim.Zero || c[0].Fills[a].Number is not null) && (!Beside(a) || (put is { } number && c[0].Fills[a].Is(number)))
            ? c[0].Fills[a]
            : Fill.Unknown);
    }

    // Of a square, what is right of every row's own one, and what is below every column's.
    private static PaddingState Diagonal(PaddingContext c, EyeLike op) =>
        c.Filled(axis => c.Result.Shape[0] == c.Result.Shape[1] && (axis == 0 ? op.K >= 0 : op.K <= 0) ? Fill.Known(0) : Fill.Unknown);

    // Padding of keys is right of the diagonal for every query of the example itself.
    private static PaddingState Triangle(PaddingContext c, Trilu op)
    {
        int rank = c.Result.Rank;
        bool square = c.Result.Shape[rank - 1] == c.Result.Shape[rank - 2];
        Fill Along(int axis) => axis != rank - 1 || !square ? Fill.Unknown
            : op.Upper ? op.Diagonal <= 1 ? c[0].Fills[axis] : Fill.Unknown
            : op.Diagonal <= 0 ? Fill.Known(0)
            : Fill.Unknown;
        return c.Filled(Along) with { Uniform = c[0].Uniform == 0 ? 0 : null };
    }
}
