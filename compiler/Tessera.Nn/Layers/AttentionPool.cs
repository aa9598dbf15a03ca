using Tessera.Nn.Weights;

namespace Tessera.Nn.Layers;

/// <summary>
/// Multi-head attention pooling (arXiv 2106.04560): a learned query attends to all tokens, then a residual MLP.
/// <c>x[n, dim] → [dim]</c>.
/// </summary>
[Module]
public sealed partial class AttentionPool(int dim, int heads, int mlp)
{
    public Parameter Probe { get; } = new([1, dim], Initializer.XavierUniform());

    public MultiHeadAttention Attention { get; } = new(dim, heads);

    public LayerNorm Norm { get; } = new(dim, 1e-6);

    public Mlp Mlp { get; } = new(dim, mlp);

    public Tensor Forward(Tensor x)
    {
        Tensor pooled = Attention.Apply(Probe.In(x), x);
        return (pooled + pooled.Apply(Norm).Apply(Mlp)).Squeeze(0);
    }
}
