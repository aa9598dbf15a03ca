namespace Tessera.Nn.Layers;

/// <summary>What embeds a coordinate.</summary>
public enum PositionKind
{
    /// <summary>A learned table; between its rows, for fractions, linear interpolation.</summary>
    Learned,

    /// <summary>Fixed sines and cosines.</summary>
    Sinusoidal,

    /// <summary>Sines and cosines of learned multiples of the coordinate.</summary>
    Fourier,
}
