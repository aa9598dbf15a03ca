using Tessera.Ir;
using static Tessera.Nn.Functional;

namespace Tessera.Nn.Layers;

/// <summary>What blocks with one projection for queries, keys and values share; each keeps its weights under its own names.</summary>
internal static class FusedSelfAttention
{
    /// <summary>Features of a head.</summary>
    /// <exception cref="TesseraException">TSR0604: the width does not split into so many heads.</exception>
    public static int HeadSize(string layer, int dim, int heads) => heads > 0 && dim > 0 && dim % heads == 0
        ? dim / heads
        : throw new TesseraException("TSR0604", layer, $"{dim} features do not split into {heads} heads.", "The width must be a positive multiple of the number of heads.");

    /// <summary>Projects <c>x[n, dim]</c>, attends, merges heads and projects back; norms are of single heads, null for none.</summary>
    public static Tensor Apply(Tensor x, int heads, Linear qkv, Linear proj, RmsNorm? qNorm = null, RmsNorm? kNorm = null)
    {
        var (q, k, v) = x.Apply(qkv).SplitHeads(heads, 3);
        q = qNorm is null ? q : q.Apply(qNorm);
        k = kNorm is null ? k : k.Apply(kNorm);
        return Attention(q, k, v).MergeHeads().Apply(proj);
    }
}
