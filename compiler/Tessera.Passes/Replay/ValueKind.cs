namespace Tessera.Passes.Replay;

/// <summary>What numbers <see cref="ValueGenerator"/> makes.</summary>
public enum ValueKind
{
    /// <summary>Uniform in [−2, 2); integers 0, 1 and 2, which most indices may be.</summary>
    Plain,

    /// <summary>Zeros of both signs, ±1, ½ and 2; integers of both signs.</summary>
    Small,

    /// <summary>Magnitudes from 1e-3 to 1e3; integers of any size their type holds.</summary>
    Large,

    /// <summary>Plain with NaN, ±∞ and −0 strewn in; integers with the ends of their type strewn in.</summary>
    Special,

    /// <summary>Plain with the largest and the smallest numbers of the type strewn in, of both signs; integers with the ends of their type.</summary>
    Extreme,
}
