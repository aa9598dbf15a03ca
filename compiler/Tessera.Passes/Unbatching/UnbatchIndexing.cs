using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Unbatching;

/// <summary>Gathers and scatters: indices lead to rows of their own example, or of a table that is the same for all.</summary>
internal static class UnbatchIndexing
{
    public static Carried Of(UnbatchContext c) => c.Op switch
    {
        Gather gather => c.Operands[1]!.IsShared ? FromEach(c, gather) : ByEach(c, gather),
        GatherND gather => Rows(c, gather),
        OneHot hot => Marked(c, hot),
        _ => Elements(c),
    };

    // The same places of every example.
    private static Carried FromEach(UnbatchContext c, Gather op)
    {
        Carried data = c.Operands[0]!;
        int axis = UnbatchContext.Axis(op.Axis, c.RankOf(0));
        return axis == data.Axis ? throw c.Mixes("it picks some of the examples")
            : data.Kind is CarriedKind.Number or CarriedKind.Numbered ? throw c.Mixes("it picks among the numbers of examples")
            : data with
            {
                Value = c.Emit(op with { Data = c[0], Indices = c[1], Axis = data.Own(axis) }),
                Axis = axis < data.Axis ? data.Axis + c.RankOf(1) - 1 : data.Axis,
            };
    }

    // Rows of a table for each example, or the rows of that example itself.
    private static Carried ByEach(UnbatchContext c, Gather op)
    {
        (Carried data, Carried indices) = (c.Operands[0]!, c.Operands[1]!);
        int axis = UnbatchContext.Axis(op.Axis, c.RankOf(0));
        if (indices is { Kind: CarriedKind.Number, IsDropped: true } && data is { IsDropped: true, Kind: CarriedKind.PerExample } && data.Axis == axis && c.RankOf(1) == 1)
        {
            return data;
        }

        return data.IsShared && indices.Kind == CarriedKind.PerExample
            ? indices with { Value = c.Emit(op with { Data = c[0], Indices = c[1] }), Axis = axis + indices.Axis }
            : throw c.Mixes(data.Axis == axis ? "it takes rows of one example for another" : "indices of each example are looked up in all of them");
    }

    private static Carried Rows(UnbatchContext c, GatherND op)
    {
        (Carried data, Carried indices) = (c.Operands[0]!, c.Operands[1]!);
        if (indices is { Kind: CarriedKind.Numbered, IsDropped: true, Rest: { } rest } && data is { IsDropped: true, Axis: 0, Kind: CarriedKind.PerExample } && op.BatchDims == 0)
        {
            Value rows = rest.Shape[rest.Rank - 1] == Dim.One
                ? c.Emit(new Gather(data.Value!, c.Reshaped(rest, rest.Shape.RemoveAt(rest.Rank - 1))))
                : c.Emit(op with { Data = data.Value!, Indices = rest });
            return UnbatchContext.Example(rows, indices.Axis, Dim.One);
        }

        if (indices.Kind != CarriedKind.PerExample || indices.Axis == c.RankOf(1) - 1)
        {
            throw c.Mixes("its indices lead from one example to another");
        }

        bool own = data is { Kind: CarriedKind.PerExample, IsDropped: true } && indices.IsDropped && data.Axis == indices.Axis && data.Axis < op.BatchDims;
        return own ? UnbatchContext.Example(c.Emit(op with { Data = c[0], Indices = c[1], BatchDims = op.BatchDims - 1 }), indices.Axis, Dim.One)
            : data.IsShared && op.BatchDims == 0 ? indices with { Value = c.Emit(op with { Data = c[0], Indices = c[1] }) }
            : throw c.Mixes("it takes rows of one example for another");
    }

    private static Carried Elements(UnbatchContext c)
    {
        Carried first = c.Operands[0]!;
        int axis = UnbatchContext.Axis(c.Op is GatherElements gather ? gather.Axis : ((ScatterElements)c.Op).Axis, c.RankOf(0));
        return c.Operands.All(o => o!.Kind == CarriedKind.PerExample && o.Axis == first.Axis && o.Inner == first.Inner) && axis != first.Axis
            ? first with { Value = c.Emit(UnbatchAxes.With(c.Op, [.. c.Operands.Select(static o => o!.Value)], first.Own(axis))) }
            : throw c.Mixes("its indices lead from one example to another");
    }

    private static Carried Marked(UnbatchContext c, OneHot op)
    {
        c.RequireShared(0);
        Carried indices = c.Operands[0]!;
        int axis = UnbatchContext.Axis(op.Axis, c.RankOf(0) + 1);
        int own = axis > indices.Axis && indices.IsDropped ? axis - 1 : axis;
        return indices with { Value = c.Emit(op with { Indices = c[0], Values = c[1], Axis = own }), Axis = axis <= indices.Axis ? indices.Axis + 1 : indices.Axis };
    }
}
