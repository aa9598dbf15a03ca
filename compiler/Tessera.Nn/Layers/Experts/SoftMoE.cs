using Tessera.Nn.Models;
using Tessera.Nn.Weights;
using static Tessera.Nn.Functional;

namespace Tessera.Nn.Layers;

/// <summary>
/// Soft mixture of experts (arXiv 2308.00951): each expert has slots, a slot is a mean of all tokens, softmax over tokens its weights;
/// a token gets a mean of what slots gave, softmax over slots its weights. <c>x[n, dim] → [n, dim]</c>.
/// <para>Both means are attentions with the slots' vectors Φ as queries, then as keys: so they have every batched form that attention has.</para>
/// </summary>
/// <param name="dim">Width of x.</param>
/// <param name="slots">Slots of each expert.</param>
/// <param name="experts">The experts.</param>
/// <param name="normalize">Whether logits are products of unit vectors times a learned scale (section 2.3 of the paper).</param>
[Module]
public sealed partial class SoftMoE(int dim, int slots, Experts experts, bool normalize = true)
{
    public Experts Experts { get; } = experts;

    /// <summary>A vector for each slot, those of an expert together.</summary>
    public Parameter Phi { get; } = new([Checked(dim, slots) * experts.Count, dim], Initializer.LecunNormal());

    public Parameter? Scale { get; } = normalize ? new([1], Initializer.Ones) : null;

    public Tensor Forward(Tensor x)
    {
        AttentionOptions unscaled = new() { Scale = 1 };
        Tensor phi = Phi.In(x);
        Tensor slotKeys = (Scale is null ? phi : Unit(phi) * Scale.In(x)).Unsqueeze(1);
        Tensor tokenKeys = (Scale is null ? x : Unit(x)).Unsqueeze(1);
        Tensor slotInputs = Attention(slotKeys, tokenKeys, x.Unsqueeze(1), unscaled).Squeeze(1);
        Tensor slotOutputs = Experts.Apply(slotInputs, Owners(slotInputs));
        return Attention(tokenKeys, slotKeys, slotOutputs.Unsqueeze(1), unscaled).Squeeze(1);
    }

    // Each slot goes to its own expert, with weight 1.
    private Routing Owners(Tensor any)
    {
        int count = slots * Experts.Count;
        Tensor experts = Constant(any, [.. Enumerable.Range(0, count).Select(i => (long)(i / slots))]).Unsqueeze(1);
        Tensor weights = Constant(any, [count, 1], [.. Enumerable.Repeat(1.0, count)]);
        return new Routing(weights, weights, experts);
    }

    private static Tensor Unit(Tensor x) => x / Sqrt(Sum(x * x, keepDims: true, axes: -1) + 1e-6);

    private static int Checked(int dim, int slots)
    {
        ModelSizes.InRange(nameof(SoftMoE), "width", dim);
        ModelSizes.InRange(nameof(SoftMoE), "number of slots", slots);
        return slots;
    }
}
