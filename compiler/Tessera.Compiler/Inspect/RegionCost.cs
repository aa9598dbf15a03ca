using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Compiler.Inspect;

/// <summary>
/// Sums over the ops of a graph and of the regions in it: of branches the dearer one counts, a loop's body as often as it
/// runs. What is known only when the model runs (the rounds of a loop, sizes made inside) counts nothing and is told apart.
/// </summary>
internal static class RegionCost
{
    /// <summary>The sum of <paramref name="own"/>, which gives the cost of an op without its regions.</summary>
    public static Dim Sum(IEnumerable<Op> ops, Func<Op, Dim> own) => Dim.Sum(ops.Select(op => own(op) + (Inside(op, own) ?? 0)));

    /// <summary>The cost of all rounds of an op's regions; null where it is not known before they run.</summary>
    public static Dim? Inside(Op op, Func<Op, Dim> own)
    {
        if (op is not IRegionOp { Regions: var regions })
        {
            return 0;
        }

        Dim once = Typical.Largest(regions.Select(r => Sum(GraphWalk.PostOrder(r.Results), own)));
        Dim? rounds = op is Loop loop ? loop.Rounds : 1;
        return once.Equals(0) ? once : rounds is not null && IsVisible(op, once) ? rounds * once : null;
    }

    /// <summary>The graph's ops and, after each, those of its regions.</summary>
    public static IEnumerable<Op> All(IEnumerable<Op> ops) => ops.SelectMany(static op =>
        op is IRegionOp { Regions: var regions } ? regions.SelectMany(static r => All(GraphWalk.PostOrder(r.Results))).Prepend(op) : [op]);

    /// <summary>Whether a formula over the insides of an op has sizes of its operands alone.</summary>
    public static bool IsVisible(Op op, Dim formula) => formula.Symbols.All(symbol =>
        op.Operands.Any(v => v?.Type is TensorType { Shape: { } shape } && shape.Symbols.Contains(symbol)));
}
