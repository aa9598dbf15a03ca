namespace Tessera.Ir.Ops;

/// <summary>Window functions, by their coefficients of cosines.</summary>
public enum WindowKind
{
    Hann,
    Hamming,
    Blackman,
}
