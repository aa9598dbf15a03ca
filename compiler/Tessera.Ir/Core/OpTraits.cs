namespace Tessera.Ir;

/// <summary>Laws of an op that passes ask for by what they are, not by the op's name.</summary>
[Flags]
public enum OpTraits
{
    None = 0,

    /// <summary>a ∘ b = b ∘ a, bit for bit, but for which of two NaN it is.</summary>
    Commutative = 1,

    /// <summary>Each element of a result is an element of an operand, or a number of its type found without rounding: equal on every machine.</summary>
    Exact = 2,

    /// <summary>IEEE 754 rounds each element of a result once and exactly: equal on every machine.</summary>
    RoundedOnce = 4,

    /// <summary>What it computes may take many more steps than operands and results have elements: it is not computed ahead of a run.</summary>
    Costly = 8,
}
