namespace Tessera.Ir;

/// <summary>⌈Numerator / Denominator⌉, rounded towards +∞.</summary>
public sealed class CeilDivDim : Dim
{
    internal CeilDivDim(Dim numerator, Dim denominator)
        : base(DimSummary.Of(DimKind.CeilDiv, [numerator, denominator], levels: 1))
    {
        Numerator = numerator;
        Denominator = denominator;
    }

    public Dim Numerator { get; }

    public Dim Denominator { get; }

    internal override DimKind Kind => DimKind.CeilDiv;
}
