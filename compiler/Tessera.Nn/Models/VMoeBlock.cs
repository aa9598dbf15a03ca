using Tessera.Nn.Layers;

namespace Tessera.Nn.Models;

/// <summary>A block as <see cref="TransformerBlock"/> that may have experts in place of its MLP (V-MoE, arXiv 2106.05974): <c>x[n, dim] → [n, dim]</c>.</summary>
/// <param name="dim">Width.</param>
/// <param name="heads">Attention heads.</param>
/// <param name="mlp">Hidden width of the MLP.</param>
/// <param name="moe">The experts; null for an MLP.</param>
[Module]
public sealed partial class VMoeBlock(int dim, int heads, int mlp, MoE? moe = null)
{
    public LayerNorm Norm1 { get; } = new(dim, 1e-6);

    public Linear Qkv { get; } = new(dim, 3 * heads * FusedSelfAttention.HeadSize(nameof(VMoeBlock), dim, heads));

    public Linear Proj { get; } = new(dim, dim);

    public LayerNorm Norm2 { get; } = new(dim, 1e-6);

    public Mlp? Mlp { get; } = moe is null ? new(dim, mlp) : null;

    public MoE? Moe { get; } = moe;

    public (Tensor Tokens, Routing? Routing) Forward(Tensor x)
    {
        x += FusedSelfAttention.Apply(x.Apply(Norm1), heads, Qkv, Proj);
        Tensor z = x.Apply(Norm2);
        if (Moe is null)
        {
            return (x + z.Apply(Mlp!), null);
        }

        Routing routing = Moe.Gate.Apply(z);
        return (x + Moe.Apply(z, routing), routing);
    }
}
