namespace Tessera.Nn;

/// <summary>Where tokens go.</summary>
/// <param name="Logits">What was routed by, <c>[n, E]</c>.</param>
/// <param name="Weights"><c>[n, k]</c>, or <c>[n, E]</c> where every expert has a column.</param>
/// <param name="Experts"><c>i64</c> of the same sizes; −1 for none.</param>
/// <param name="Slots">The place of each at its expert, −1 for none; null where places are not bounded.</param>
public sealed record Routing(Tensor Logits, Tensor Weights, Tensor Experts, Tensor? Slots = null)
{
    /// <summary>Logits before noise was added.</summary>
    public Tensor CleanLogits { get; init; } = Logits;
}
