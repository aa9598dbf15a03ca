using Tessera.Ir;

namespace Tessera.Passes.Unbatching;

/// <summary>Ops that broadcast: where an operand carries examples, the others have them in the same place, or nothing there.</summary>
internal static class UnbatchElementwise
{
    public static Carried Of(UnbatchContext c)
    {
        int rank = c.Op.Outputs[0].Rank;
        (int at, Dim inner) = Place(c, rank);
        Value[] values = [.. Enumerable.Range(0, c.Operands.Count).Select(i => Operand(c, i, at, inner, rank))];
        return UnbatchContext.Example(c.Emit(c.One(c.Op).WithOperands(values)), at, inner);
    }

    /// <summary>The axis of the result along which all carried operands have their examples.</summary>
    public static (int Axis, Dim Inner) Place(UnbatchContext c, int rank)
    {
        (int Axis, Dim Inner)? place = null;
        for (int i = 0; i < c.Operands.Count; i++)
        {
            if (c.Operands[i] is not { IsShared: false } carried)
            {
                continue;
            }

            (int, Dim) own = (carried.Axis + rank - c.RankOf(i), carried.Inner);
            place = place is null || place == own ? own : throw c.Mixes("its operands have their examples along different axes");
        }

        return place ?? throw c.Mixes("how many examples there are enters as a number");
    }

    /// <summary>An operand for one example, its axis where the examples were gone.</summary>
    public static Value Operand(UnbatchContext c, int operand, int at, Dim inner, int rank)
    {
        Carried x = c.Operands[operand]!;
        int own = at - (rank - c.RankOf(operand));
        if (!x.IsShared || own < 0)
        {
            return x.Value!;
        }

        Dim size = c.ShapeOf(operand)[own];
        return size != Dim.One ? throw c.Mixes($"what is the same for all examples, {c.ShapeOf(operand)}, has {size} rows along the axis of the batch: a constant of the batch size")
            : inner == Dim.One ? c.Reshaped(x.Value!, x.Value!.Shape.RemoveAt(own))
            : x.Value!;
    }
}
