namespace Tessera.Ir;

/// <summary>Resolves what proofs decide: quotients and remainders within bounds, minima and maxima.</summary>
internal sealed class DimResolver(DimRanges ranges, Func<Dim, bool> isNonNegative) : DimRewriter
{
    private const int MaxOperands = 16;

    protected override Dim Finish(Dim dim)
    {
        if (ranges.Of(dim) is { Min: { } value, Max: { } max } && value == max) return value;
        return dim switch
        {
            FloorDivDim d when IsWithin(d.Numerator, d.Denominator) => Dim.Zero,
            ModDim d when IsWithin(d.Numerator, d.Denominator) => d.Numerator,
            MinDim { Operands.Length: <= MaxOperands } d => Dim.Min(Undominated(d.Operands, static (a, b) => a - b)),
            MaxDim { Operands.Length: <= MaxOperands } d => Dim.Max(Undominated(d.Operands, static (a, b) => b - a)),
            _ => dim,
        };
    }

    private bool IsWithin(Dim value, Dim bound) => isNonNegative(value) && isNonNegative(bound - 1 - value);

    /// <summary>Drops each operand that another makes superfluous.</summary>
    private List<Dim> Undominated(IReadOnlyList<Dim> operands, Func<Dim, Dim, Dim> excess)
    {
        List<Dim> kept = [.. operands];
        for (int i = kept.Count - 1; i >= 0; i--)
        {
            Dim candidate = kept[i];
            if (kept.Exists(other => !other.Equals(candidate) && isNonNegative(excess(candidate, other)))) kept.RemoveAt(i);
        }
        return kept;
    }
}
