using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Packing;

/// <summary>Ops that move and repeat: an example's own part stays in front along every axis.</summary>
internal static class PaddingShaping
{
    public static PaddingState Of(PaddingContext c) => c.Op switch
    {
        Reshape reshape => Moved(c, Places(c, c.ShapeOf(0), reshape.Shape)),
        Transpose transpose => Moved(c, [.. Enumerable.Range(0, transpose.Perm.Count).Select(a => transpose.Perm.ToList().IndexOf(a))]),
        Expand => Moved(c, [.. Enumerable.Range(0, c.ShapeOf(0).Rank).Select(a => a + c.Result.Rank - c.ShapeOf(0).Rank)]),
        ConstantOfShape filled => Fusion.Numbers.IsSplat(c.Result, out double number) ? PaddingState.Splat(c.Result, number)
            : filled.Value.DType == DType.Bool ? PaddingState.Splat(c.Result, Ir.Evaluate.RefTensors.FromContent(filled.Value).B[0] ? 1 : 0)
            : filled.Value.DType.IsInteger() ? PaddingState.Splat(c.Result, Ir.Evaluate.RefTensors.FromContent(filled.Value).Number(0))
            : c.Plain(),
        Concat concat => Joined(c, concat),
        _ => Tiled(c, (Tile)c.Op),
    };

    // Where each axis goes; −1 for one that goes nowhere in particular, and is not padded.
    private static int[] Places(PaddingContext c, Shape from, Shape to)
    {
        int[] places = [.. Enumerable.Repeat(-1, from.Rank)];
        foreach (int axis in c.RaggedAxes(from))
        {
            Dim before = Dim.Product(from.Take(axis));
            places[axis] = Enumerable.Range(0, to.Rank).FirstOrDefault(a => c.IsRagged(to[a]) && Dim.Product(to.Take(a)) == before, -1);
            if (places[axis] < 0)
            {
                throw c.Sees($"reshaping {from} to {to} puts padding between an example's own elements");
            }
        }

        return c.RaggedAxes(to).Count() == c.RaggedAxes(from).Count() ? places : throw c.Sees($"reshaping {from} to {to} cuts the padded axis");
    }

    private static PaddingState Moved(PaddingContext c, int[] places)
    {
        PaddingState x = c[0];
        Shape result = c.Result.Shape;
        Fill Along(int axis)
        {
            int from = Array.IndexOf(places, axis);
            return from >= 0 && c.ShapeOf(0)[from] != Dim.One ? c.FillOf(0, from) : c.SpreadOf(0);
        }

        (int Axis, long First)? counts = x.Counts is var (along, first) && places[along] is var at and >= 0 && result[at] == c.ShapeOf(0)[along] ? (at, first) : null;
        return x with { Fills = [.. Enumerable.Range(0, result.Rank).Select(Along)], Counts = counts };
    }

    private static PaddingState Joined(PaddingContext c, Concat op)
    {
        int axis = PaddingContext.Axis(op.Axis, c.Result.Rank);
        int last = c.Operands.Count - 1;
        if (Enumerable.Range(0, last).Any(i => c.IsRagged(i, axis)))
        {
            throw c.Sees("it puts something behind padding");
        }

        Fill Along(int a) => a == axis ? c[last].Fills[a]
            : c.Operands.All(o => o!.Fills[a].Number is { } number && number == c[0].Fills[a].Number) ? c[0].Fills[a]
            : Fill.Unknown;
        return c.Filled(Along) with
        {
            Uniform = c.Operands.All(o => o!.Uniform is not null && o.Uniform == c[0].Uniform) ? c[0].Uniform : null,
            Least = c.Operands.All(static o => o!.Least is not null) ? c.Operands.Min(static o => o!.Least) : null,
            IsRaw = c.Operands.Any(static o => o!.IsRaw),
        };
    }

    private static PaddingState Tiled(PaddingContext c, Tile op) =>
        c.RaggedAxes(c.ShapeOf(0)).Any(a => op.Repeats[a] != Dim.One) || Enumerable.Range(0, op.Repeats.Count).Any(a => c.IsRagged(op.Repeats[a]) && c.ShapeOf(0)[a] != Dim.One)
            ? throw c.Sees("it repeats padding between an example's own elements")
            : Moved(c, [.. Enumerable.Range(0, c.Result.Rank)]) with { Counts = null };
}
