namespace Tessera.Ir;

/// <summary>⌊Numerator / Denominator⌋, rounded towards −∞.</summary>
public sealed class FloorDivDim : Dim
{
    internal FloorDivDim(Dim numerator, Dim denominator)
        : base(DimSummary.Of(DimKind.FloorDiv, [numerator, denominator], levels: 1))
    {
        Numerator = numerator;
        Denominator = denominator;
    }

    public Dim Numerator { get; }

    public Dim Denominator { get; }

    internal override DimKind Kind => DimKind.FloorDiv;
}
