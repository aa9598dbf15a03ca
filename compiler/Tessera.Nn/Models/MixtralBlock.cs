using Tessera.Nn.Layers;

namespace Tessera.Nn.Models;

/// <summary>A decoder block of Mixtral (arXiv 2401.04088): pre-norm attention, then a mixture of SwiGLU experts: <c>x[n, dim] → [n, dim]</c>.</summary>
[Module]
public sealed partial class MixtralBlock(MixtralConfig config)
{
    public RmsNorm InputLayernorm { get; } = new(config.Checked().Dim, config.Epsilon);

    public MixtralAttention SelfAttn { get; } = new(config);

    public RmsNorm PostAttentionLayernorm { get; } = new(config.Dim, config.Epsilon);

    public MoE BlockSparseMoe { get; } = new(
        new Router(config.Dim, config.Experts, Routers.Mixtral(config.K)), new ExpertList(config.Dim, config.Experts, config.Hidden, ExpertOptions.SwiGlu));

    public Tensor Forward(Tensor x)
    {
        Tensor z = Attended(x);
        return z + z.Apply(PostAttentionLayernorm).Apply(BlockSparseMoe);
    }

    /// <summary>The same, and where the tokens went.</summary>
    public (Tensor Tokens, Routing Routing) Routed(Tensor x)
    {
        using Scope scope = Enter(x);
        Tensor z = Attended(x);
        Tensor normed = z.Apply(PostAttentionLayernorm);
        Routing routing = BlockSparseMoe.Gate.Apply(normed);
        return (z + BlockSparseMoe.Apply(normed, routing), routing);
    }

    private Tensor Attended(Tensor x) => x + x.Apply(InputLayernorm).Apply(SelfAttn);
}
