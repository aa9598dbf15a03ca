namespace Tessera.Ir;

/// <summary>⌈Numerator / Denominator⌉, rounded towards +∞.</summary>
public sealed class CeilDivDim : Dim
{
    internal CeilDivDim(Dim numerator, Dim denominator)
        : base(DimHash.Of(DimKind.CeilDiv, [numerator, denominator]), DimHash.Depth([numerator, denominator]) + 1, DimHash.Size([numerator, denominator]))
    {
        Numerator = numerator;
        Denominator = denominator;
    }

    public Dim Numerator { get; }

    public Dim Denominator { get; }

    internal override DimKind Kind => DimKind.CeilDiv;
}
