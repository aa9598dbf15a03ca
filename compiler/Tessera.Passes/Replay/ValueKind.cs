namespace Tessera.Passes.Replay;

/// <summary>What floats <see cref="ValueGenerator"/> makes.</summary>
public enum ValueKind
{
    /// <summary>Uniform in [−2, 2).</summary>
    Plain,

    /// <summary>Zeros of both signs, ±1, ½ and 2.</summary>
    Small,

    /// <summary>Magnitudes from 1e-3 to 1e3.</summary>
    Large,

    /// <summary>Plain with NaN, ±∞ and −0 strewn in.</summary>
    Special,
}
