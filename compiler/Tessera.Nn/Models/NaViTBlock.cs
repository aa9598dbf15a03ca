using Tessera.Nn.Layers;

namespace Tessera.Nn.Models;

/// <summary>Pre-norm block with normalised queries and keys and no biases (NaViT, arXiv 2307.06304): <c>x[n, dim] → [n, dim]</c>.</summary>
[Module]
public sealed partial class NaViTBlock(int dim, int heads, int mlp)
{
    public RmsNorm Norm1 { get; } = new(dim);

    public Linear Qkv { get; } = new(dim, 3 * dim, bias: false);

    public RmsNorm QNorm { get; } = new(FusedSelfAttention.HeadSize(nameof(NaViTBlock), dim, heads));

    public RmsNorm KNorm { get; } = new(FusedSelfAttention.HeadSize(nameof(NaViTBlock), dim, heads));

    public Linear Proj { get; } = new(dim, dim, bias: false);

    public RmsNorm Norm2 { get; } = new(dim);

    public Mlp Mlp { get; } = new(dim, mlp, bias: false);

    public Tensor Forward(Tensor x)
    {
        x += FusedSelfAttention.Apply(x.Apply(Norm1), heads, Qkv, Proj, QNorm, KNorm);
        return x + x.Apply(Norm2).Apply(Mlp);
    }
}
