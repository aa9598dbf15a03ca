namespace Tessera.Nn.Layers;

/// <summary>Pre-norm transformer block with layer norms and biases, as ViT has it (arXiv 2010.11929): <c>x[n, dim] → [n, dim]</c>.</summary>
[Module]
public sealed partial class TransformerBlock(int dim, int heads, int mlp)
{
    public LayerNorm Norm1 { get; } = new(dim, 1e-6);

    public Linear Qkv { get; } = new(dim, 3 * heads * FusedSelfAttention.HeadSize(nameof(TransformerBlock), dim, heads));

    public Linear Proj { get; } = new(dim, dim);

    public LayerNorm Norm2 { get; } = new(dim, 1e-6);

    public Mlp Mlp { get; } = new(dim, mlp);

    public Tensor Forward(Tensor x)
    {
        x += FusedSelfAttention.Apply(x.Apply(Norm1), heads, Qkv, Proj);
        return x + x.Apply(Norm2).Apply(Mlp);
    }
}
