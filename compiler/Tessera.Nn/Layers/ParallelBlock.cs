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

    public RmsNorm QNorm { get; } = new(FusedSelfAttention.HeadSize(nameof(ParallelBlock), dim, heads));

    public RmsNorm KNorm { get; } = new(FusedSelfAttention.HeadSize(nameof(ParallelBlock), dim, heads));

    public Linear Proj { get; } = new(dim, dim);

    public Mlp Mlp { get; } = new(dim, mlp);

    public Tensor Forward(Tensor x)
    {
        Tensor z = x.Apply(Norm);
        Tensor attended = FusedSelfAttention.Apply(z, heads, Qkv, Proj, QNorm, KNorm);
        return x + z.Apply(Mlp) + attended;
    }
}
