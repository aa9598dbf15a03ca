using static Tessera.Nn.Functional;

namespace Tessera.Nn.Layers;

/// <summary>
/// The block of ViT-22B (arXiv 2302.05442): attention and MLP side by side on one norm, <c>y = x + MLP(z) + Attn(z)</c>,
/// z = RMSNorm(x); queries and keys normalised; no biases in the QKV projection and the norms. <c>x[n, dim] → [n, dim]</c>.
/// </summary>
[Module]
public sealed partial class ParallelBlock(int dim, int heads, int mlp)
{
    public RmsNorm Norm { get; } = new(dim);

    public Linear Qkv { get; } = new(dim, 3 * dim, bias: false);

    public RmsNorm QNorm { get; } = new(dim / heads);

    public RmsNorm KNorm { get; } = new(dim / heads);

    public Linear Proj { get; } = new(dim, dim);

    public Mlp Mlp { get; } = new(dim, mlp);

    public Tensor Forward(Tensor x)
    {
        Tensor z = x.Apply(Norm);
        var (q, k, v) = z.Apply(Qkv).SplitHeads(heads, 3);
        Tensor attended = Attention(q.Apply(QNorm), k.Apply(KNorm), v).MergeHeads().Apply(Proj);
        return x + z.Apply(Mlp) + attended;
    }
}
