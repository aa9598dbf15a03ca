namespace Tessera.Ir;

/// <summary>What <see cref="WeightScan"/> found: how many NaN, how many infinities, and the index of the first of either (−1: none).</summary>
public sealed record NonFiniteCount(long NaNs, long Infinities, long FirstIndex)
{
    public long Total => NaNs + Infinities;
}
