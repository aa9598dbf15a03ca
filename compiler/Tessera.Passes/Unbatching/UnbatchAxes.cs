using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Unbatching;

/// <summary>Ops along some axes: none of these may be the examples'.</summary>
internal static class UnbatchAxes
{
    public static Carried Reduce(UnbatchContext c, ReduceOp op)
    {
        Carried x = c.Operands[0]!;
        int rank = c.RankOf(0);
        int[] axes = [.. (op.Axes.Count == 0 ? Enumerable.Range(0, rank).Select(static a => (long)a) : op.Axes).Select(a => UnbatchContext.Axis(a, rank))];
        if (axes.Contains(x.Axis))
        {
            throw c.Mixes(op is ReduceMean ? "it averages over examples (batch statistics)" : "it reduces over examples");
        }

        Value value = c.Emit((ReduceOp)op.WithOperands([c[0]]) with { Axes = [.. axes.Select(a => (long)x.Own(a))] });
        return UnbatchContext.Example(value, op.KeepDims ? x.Axis : x.Axis - axes.Count(a => a < x.Axis), x.Inner);
    }

    /// <summary>An op along one axis that its results have too.</summary>
    public static IReadOnlyList<Carried> Along(UnbatchContext c)
    {
        c.RequireShared(0);
        Carried x = c.Operands[0]!;
        int axis = UnbatchContext.Axis((long)Attribute(c.Op, "axis")!, c.RankOf(0));
        return axis == x.Axis ? throw c.Mixes("it works along the examples") : [.. c.EmitAll(With(c.Op, [.. c.Operands.Select(static o => o?.Value)], x.Own(axis))).Select(v => UnbatchContext.Example(v, x.Axis, x.Inner))];
    }

    /// <summary>An op along one axis, which its result may lack.</summary>
    public static Carried Along(UnbatchContext c, long along, bool keeps)
    {
        Carried x = c.Operands[0]!;
        int axis = UnbatchContext.Axis(along, c.RankOf(0));
        return axis == x.Axis ? throw c.Mixes("it works along the examples")
            : UnbatchContext.Example(c.Emit(With(c.Op, [c[0]], x.Own(axis))), keeps || axis > x.Axis ? x.Axis : x.Axis - 1, x.Inner);
    }

    /// <summary>A norm of the axes from one on.</summary>
    public static IReadOnlyList<Carried> Norm(UnbatchContext c, int first)
    {
        c.RequireShared(0);
        Carried x = c.Operands[0]!;
        if (x.Axis >= first)
        {
            throw c.Mixes("it takes its statistics over examples");
        }

        // Their axis is counted from the end, where it stays.
        return [.. c.EmitAll(c.Op.WithOperands([.. c.Operands.Select(static o => o?.Value)])).Select(v => UnbatchContext.Example(v, x.Axis, x.Inner))];
    }

    /// <summary>The op along another axis.</summary>
    public static Op With(Op op, IReadOnlyList<Value?> operands, int axis) => op.Schema.Create(
        operands, op.Schema.Attributes.ToDictionary(static a => a.Name, a => a.Name == "axis" ? (long)axis : a.Get(op), StringComparer.Ordinal));

    private static object? Attribute(Op op, string name) => op.Schema.Attributes.Single(a => a.Name == name).Get(op);
}
