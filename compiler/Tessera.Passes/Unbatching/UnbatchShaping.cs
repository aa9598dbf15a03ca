using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Unbatching;

/// <summary>Ops that move, repeat and cut: examples stay whole and in order.</summary>
internal static class UnbatchShaping
{
    public static Carried Of(UnbatchContext c) => c.Op switch
    {
        Reshape reshape => Reshaped(c, reshape.Shape),
        Transpose transpose => Transposed(c, transpose),
        Concat concat => Joined(c, concat),
        Expand expand => Repeated(c, expand.Outputs[0].Shape),
        ConstantOfShape filled => Filled(c, filled),
        _ => Tiled(c, (Tile)c.Op),
    };

    // The axis that has as many elements before it as that of the examples has.
    private static Carried Reshaped(UnbatchContext c, Shape to)
    {
        Carried x = c.Operands[0]!;
        if (x.IsShared)
        {
            throw c.Mixes("one of its sizes depends on how many examples there are");
        }

        Dim before = Dim.Product(c.ShapeOf(0).Take(x.Axis));
        for (int axis = 0; axis < to.Rank; axis++)
        {
            if (c.Inner(to[axis]) is { } inner && Dim.Product(to.Take(axis)) == before)
            {
                return UnbatchContext.Example(c.Reshaped(c[0], c.Without(to, axis, inner)), axis, inner);
            }
        }

        throw c.Mixes($"reshaping {c.ShapeOf(0)} to {to} moves elements from one example to another");
    }

    private static Carried Transposed(UnbatchContext c, Transpose op)
    {
        Carried x = c.Operands[0]!;
        int axis = op.Perm.ToList().IndexOf(x.Axis);
        long[] perm = [.. op.Perm.Where(a => !x.IsDropped || a != x.Axis).Select(a => (long)x.Own((int)a))];
        bool same = perm.Select(static (a, i) => a == i).All(static s => s);
        return x with { Value = same ? c[0] : c.Emit(new Transpose(c[0]) { Perm = [.. perm] }), Axis = axis };
    }

    private static Carried Joined(UnbatchContext c, Concat op)
    {
        int rank = c.Op.Outputs[0].Rank;
        int axis = UnbatchContext.Axis(op.Axis, rank);
        Carried first = c.Operands.First(static o => !o!.IsShared)!;
        if (axis == first.Axis || c.Operands.Any(o => o!.Axis != first.Axis || o.Inner != first.Inner))
        {
            throw c.Mixes(axis == first.Axis ? "it joins what it is given along the examples" : "only some of its operands have a part for each example, along the same axis");
        }

        return first with { Value = c.Emit(op with { Inputs = [.. c.Operands.Select(static o => o!.Value!)], Axis = first.Own(axis) }) };
    }

    // What is the same for all examples is for each of them what it was.
    private static Carried Repeated(UnbatchContext c, Shape to)
    {
        Carried x = c.Operands[0]!;
        int shift = to.Rank - c.RankOf(0);
        (int axis, Dim inner) = x.IsShared ? Spread(c, to) : (x.Axis + shift, x.Inner);
        if (Enumerable.Range(0, to.Rank).Any(a => a != axis && c.TellsOfBatch(to[a])))
        {
            throw c.Mixes($"its sizes {to} depend on how many examples there are");
        }

        Value value = UnbatchElementwise.Operand(c, 0, axis, inner, to.Rank);
        Shape own = c.Without(to, axis, inner);
        return UnbatchContext.Example(value.Shape.Equals(own) ? value : c.Emit(new Expand(value) { Shape = own }), axis, inner) with { Kind = x.IsShared ? CarriedKind.PerExample : x.Kind };
    }

    private static Carried Filled(UnbatchContext c, ConstantOfShape op)
    {
        (int axis, Dim inner) = Spread(c, op.Shape);
        return UnbatchContext.Example(c.Emit(op with { Shape = c.Without(op.Shape, axis, inner) }), axis, inner);
    }

    private static (int Axis, Dim Inner) Spread(UnbatchContext c, Shape to)
    {
        int[] axes = [.. Enumerable.Range(0, to.Rank).Where(a => c.TellsOfBatch(to[a]))];
        return axes is [var axis] && c.Inner(to[axis]) is { } inner ? (axis, inner)
            : throw c.Mixes($"its sizes {to} depend on how many examples there are");
    }

    private static Carried Tiled(UnbatchContext c, Tile op)
    {
        Carried x = c.Operands[0]!;
        int[] axes = [.. Enumerable.Range(0, op.Repeats.Count).Where(a => c.TellsOfBatch(op.Repeats[a]))];
        if (!x.IsShared)
        {
            return axes.Length == 0 && op.Repeats[x.Axis] == Dim.One
                ? x with { Value = c.Emit(new Tile(c[0]) { Repeats = [.. op.Repeats.Where((_, a) => !x.IsDropped || a != x.Axis)] }) }
                : throw c.Mixes("it repeats examples");
        }

        if (axes is not [var axis] || op.Repeats[axis] is not SymDim)
        {
            throw c.Mixes($"its repeats {op.Repeats} depend on how many examples there are");
        }

        Dim inner = c.ShapeOf(0)[axis];
        Value once = c.Emit(new Tile(c[0]) { Repeats = [.. op.Repeats.Select(c.One)] });
        return UnbatchContext.Example(inner == Dim.One ? c.Reshaped(once, once.Shape.RemoveAt(axis)) : once, axis, inner);
    }

    /// <summary>Ops that take a part of each example, or put something around it.</summary>
    public static IReadOnlyList<Carried> Cut(UnbatchContext c)
    {
        Carried x = c.Operands[0]!;
        c.RequireShared(0);
        int rank = c.RankOf(0);
        switch (c.Op)
        {
            case Slice slice when slice.Axes.All(a => UnbatchContext.Axis(a, rank) != x.Axis):
                return [x with { Value = c.Emit(slice with { X = c[0], Axes = [.. slice.Axes.Select(a => (long)x.Own(UnbatchContext.Axis(a, rank)))] }) }];
            case Split split when UnbatchContext.Axis(split.Axis, rank) != x.Axis:
                return [.. c.EmitAll(split with { X = c[0], Axis = x.Own(UnbatchContext.Axis(split.Axis, rank)) }).Select(v => x with { Value = v })];
            case Pad pad when pad.Pads[x.Axis] == Dim.Zero && pad.Pads[x.Axis + rank] == Dim.Zero:
                return [x with { Value = c.Emit(pad with { X = c[0], Fill = c.Operands[1]?.Value, Pads = [.. pad.Pads.Where((_, i) => !x.IsDropped || i % rank != x.Axis)] }) }];
            case Trilu triangle when x.Axis < rank - 2:
                return [x with { Value = c.Emit(triangle with { X = c[0] }) }];
            default:
                throw c.Mixes(c.Op is Slice or Split ? "it picks some of the examples" : c.Op is Pad ? "it adds examples" : "it leaves out some examples");
        }
    }
}
