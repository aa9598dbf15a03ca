using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Compiler.Inspect;

/// <summary>
/// Multiply-accumulates of a graph as a formula of its symbolic sizes: matrix products, attention and convolution, which is
/// what the literature counts. One multiply-accumulate is two FLOPs. Of branches the dearer one counts, a loop's body as often
/// as it runs; <see cref="Untold"/> are those whose rounds or sizes only a run can tell.
/// </summary>
public static class GraphCost
{
    /// <summary>Of the whole graph.</summary>
    public static Dim Macs(Graph graph) => RegionCost.Sum(graph.PostOrder(), Macs);

    /// <summary>Of the modules whose path satisfies <paramref name="inModule"/> alone.</summary>
    public static Dim Macs(Graph graph, Func<string, bool> inModule) =>
        RegionCost.Sum(graph.PostOrder(), op => inModule(op.Outputs[0].Source.ModulePath) ? Macs(op) : 0);

    /// <summary>
    /// Of the packed attentions of a graph for one pair of a query and a key of the same example. How many pairs there are
    /// depends on the lengths: times Σ n·m over the examples it is what <see cref="Macs(Graph)"/> leaves out.
    /// </summary>
    public static Dim PackedMacsPerPair(Graph graph) => RegionCost.Sum(graph.PostOrder(), PackedMacsPerPair);

    /// <summary>Loops and branches of the graph whose insides are in none of these sums.</summary>
    public static IReadOnlyList<Op> Untold(Graph graph) => [.. RegionCost.All(graph.PostOrder())
        .Where(static op => RegionCost.Inside(op, Macs) is null || RegionCost.Inside(op, PackedMacsPerPair) is null)];

    private static Dim PackedMacsPerPair(Op op) => op is PackedAttention a ? a.Q.Shape[1] * (a.Q.Shape[2] + a.V.Shape[2]) : 0;

    /// <summary>Of one op without its regions; 0 for all that is neither a product, an attention nor a convolution.</summary>
    public static Dim Macs(Op op) => op switch
    {
        MatMul m => m.Outputs[0].Shape.NumElements * m.A.Shape[m.A.Rank - 1],
        Attention a => AttentionMacs(a.Q.Shape, a.K.Shape, a.V.Shape),
        StandardAttention a => Dim.Product(a.Q.Shape) * a.K.Shape[1] + (Dim.Product(a.Outputs[0].Shape) * a.K.Shape[1]),
        MultiHeadAttention a => a.Q.Shape[0] * a.Q.Shape[1] * a.K.Shape[1] * (a.Q.Shape[2] + a.V.Shape[2]),
        Conv c => c.Outputs[0].Shape.NumElements * Dim.Product(c.W.Shape.Skip(1)),
        _ => 0,
    };

    // Every query head meets every key twice: once for its logit, once for its value.
    private static Dim AttentionMacs(Shape q, Shape k, Shape v)
    {
        int rank = q.Rank;
        Dim pairs = Dim.Product(q.Take(rank - 1)) * k[rank - 3];
        return pairs * (q[rank - 1] + v[rank - 1]);
    }
}
