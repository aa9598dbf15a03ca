using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Compiler.Inspect;

/// <summary>
/// Multiply-accumulates of a graph as a formula of its symbolic sizes: what each op says of itself (<see cref="Op.Macs"/>). One
/// multiply-accumulate is two FLOPs. Of branches the dearer one counts, a loop's body as often as it runs; <see cref="Untold"/>
/// are those whose rounds or sizes only a run can tell.
/// </summary>
public static class GraphCost
{
    /// <summary>Of the whole graph.</summary>
    public static Dim Macs(Graph graph) => RegionCost.Sum(graph.PostOrder(), static op => op.Macs);

    /// <summary>Of the modules whose path satisfies <paramref name="inModule"/> alone.</summary>
    public static Dim Macs(Graph graph, Func<string, bool> inModule) =>
        RegionCost.Sum(graph.PostOrder(), op => inModule(op.Outputs[0].Source.ModulePath) ? op.Macs : 0);

    /// <summary>
    /// Of the packed attentions of a graph for one pair of a query and a key of the same example. How many pairs there are
    /// depends on the lengths: times Σ n·m over the examples it is what <see cref="Macs(Graph)"/> leaves out.
    /// </summary>
    public static Dim PackedMacsPerPair(Graph graph) => RegionCost.Sum(graph.PostOrder(), PackedMacsPerPair);

    /// <summary>Loops and branches of the graph whose insides are in none of these sums.</summary>
    public static IReadOnlyList<Op> Untold(Graph graph) => [.. RegionCost.All(graph.PostOrder())
        .Where(static op => RegionCost.Inside(op, static o => o.Macs) is null || RegionCost.Inside(op, PackedMacsPerPair) is null)];

    private static Dim PackedMacsPerPair(Op op) => op is PackedAttention attention ? attention.MacsPerPair : 0;
}
