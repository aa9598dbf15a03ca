using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Compiler.Inspect;

/// <summary>
/// Multiply-accumulates of a graph as a formula of its symbolic sizes: matrix products, attention and convolution, which is
/// what the literature counts. One multiply-accumulate is two FLOPs.
/// </summary>
public static class GraphCost
{
    /// <summary>Of the whole graph.</summary>
    public static Dim Macs(Graph graph) => Dim.Sum(graph.PostOrder().Select(Macs));

    /// <summary>Of one op; 0 for all that is neither a product, an attention nor a convolution.</summary>
    public static Dim Macs(Op op) => op switch
    {
        MatMul m => m.Outputs[0].Shape.NumElements * m.A.Shape[m.A.Rank - 1],
        Attention a => AttentionMacs(a.Q.Shape, a.K.Shape, a.V.Shape),
        StandardAttention a => Dim.Product(a.Q.Shape) * a.K.Shape[1] + (Dim.Product(a.Outputs[0].Shape) * a.K.Shape[1]),
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
