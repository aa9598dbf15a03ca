using Tessera.Ir;

namespace Tessera.Passes.Fusion;

/// <summary>What a softmax's operand is made of when it is the logits of an attention.</summary>
/// <param name="Q">Queries <c>[…, n, D]</c>.</param>
/// <param name="K">Keys <c>[…, m, D]</c>, as many axes.</param>
/// <param name="Scale">Product of all single numbers on logits, queries and keys.</param>
internal sealed record AttentionLogits(Value Q, Value K, double Scale)
{
    /// <summary>c in c·tanh(s/c); 0 for none.</summary>
    public double Softcap { get; init; }

    /// <summary>What is added, or null.</summary>
    public Value? Mask { get; init; }

    /// <summary>Flags: where they are false, <see cref="Fill"/> stands in place of the logits, before the mask is added.</summary>
    public Value? Visible { get; init; }

    public double Fill { get; init; }

    /// <summary>Why attributes cannot say the numbers; null where they can. A scale or a cap that rounds to 0 would mean another, or none.</summary>
    public string? Refusal => !Products.IsAttribute(Scale, Q.DType) ? $"the scale {Scale} is no finite number other than 0 in f32"
        : Softcap != 0 && !Products.IsAttribute(Softcap, Q.DType) ? $"the cap {Softcap} is no finite number other than 0 in f32"
        : Visible is not null && Q.DType == DType.F64 && !new Real(Fill).Value.Equals(Fill) ? $"the fill {Fill} is no number of f32"
        : null;

    /// <summary>Axes in front of both token axes, of the product.</summary>
    public Shape Frame => [.. Q.Shape.SkipLast(2)];
}
