namespace Tessera.Nn.Weights;

/// <summary>The shape of a random initialiser's distribution.</summary>
public enum Distribution
{
    Uniform,
    Normal,

    /// <summary>Normal, kept within two deviations.</summary>
    TruncatedNormal,
}
