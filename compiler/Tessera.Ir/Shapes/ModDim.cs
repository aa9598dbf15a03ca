namespace Tessera.Ir;

/// <summary>Numerator − Denominator·⌊Numerator / Denominator⌋.</summary>
public sealed class ModDim : Dim
{
    internal ModDim(Dim numerator, Dim denominator)
        : base(DimHash.Of(DimKind.Mod, [numerator, denominator]), DimHash.Depth([numerator, denominator]) + 1, DimHash.Size([numerator, denominator]))
    {
        Numerator = numerator;
        Denominator = denominator;
    }

    public Dim Numerator { get; }

    public Dim Denominator { get; }

    internal override DimKind Kind => DimKind.Mod;
}
