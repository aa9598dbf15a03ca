using Tessera.Ir;

namespace Tessera.Nn.Layers;

/// <summary>
/// A mixture of experts (arXiv 1701.06538): a router sends each token to some of the experts, whose results are added by its weights;
/// what all tokens share is added to it. <c>x[n, dim] → [n, dim]</c>.
/// </summary>
/// <param name="gate">The router.</param>
/// <param name="experts">As many experts as it knows.</param>
/// <param name="sharedExperts">A layer that every token goes through besides (DeepSeek); null for none.</param>
[Module]
public sealed partial class MoE(Router gate, Experts experts, ILayer? sharedExperts = null)
{
    public Router Gate { get; } = gate;

    public Experts Experts { get; } = experts.Count == gate.Experts ? experts : throw new TesseraException(
        "TSR0621", nameof(MoE), $"the router knows {gate.Experts} experts; there are {experts.Count}.", "Make both of one number.");

    public ILayer? SharedExperts { get; } = sharedExperts;

    public Tensor Forward(Tensor x) => Forward(x, Gate.Apply(x));

    /// <param name="x">Tokens.</param>
    /// <param name="routing">What <see cref="Gate"/> gave for them, where it is wanted for more than this.</param>
    public Tensor Forward(Tensor x, Routing routing)
    {
        Tensor y = Experts.Apply(x, routing);
        return SharedExperts is null ? y : y + x.Apply(SharedExperts);
    }
}
