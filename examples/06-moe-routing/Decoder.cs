using Tessera.Nn;
using Tessera.Nn.Models;

namespace MoeRouting;

/// <summary>One decoder block in the shape of Mixtral's, at an eighth of its width, that shows where its tokens go.</summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class Decoder
{
    public const int Width = 512;

    public const int ExpertCount = 8;

    public MixtralBlock Block { get; } = new(new MixtralConfig(Width, 1, 4, 1, 1792, ExpertCount, 32000));

    public (Tensor Tokens, Tensor Experts, Tensor Weights) Forward([Input("f32[n, 512]")] Tensor x)
    {
        (Tensor tokens, Routing routing) = Block.Routed(x);
        return (tokens, routing.Experts, routing.Weights);
    }
}
