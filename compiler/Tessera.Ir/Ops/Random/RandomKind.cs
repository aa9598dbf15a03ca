namespace Tessera.Ir.Ops;

/// <summary>A distribution of random numbers.</summary>
public enum RandomKind
{
    /// <summary>Evenly from the first parameter to the second.</summary>
    Uniform,

    /// <summary>Normal, its mean the first parameter and its standard deviation the second.</summary>
    Normal,
}
