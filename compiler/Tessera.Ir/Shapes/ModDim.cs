namespace Tessera.Ir;

/// <summary>Numerator − Denominator·⌊Numerator / Denominator⌋.</summary>
public sealed class ModDim : Dim
{
    internal ModDim(Dim numerator, Dim denominator)
        : base(DimSummary.Of(DimKind.Mod, [numerator, denominator], levels: 1))
    {
        Numerator = numerator;
        Denominator = denominator;
    }

    public Dim Numerator { get; }

    public Dim Denominator { get; }

    internal override DimKind Kind => DimKind.Mod;
}
