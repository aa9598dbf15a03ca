namespace Tessera.Ir;

/// <summary>Writes ⌈a / k⌉ as ⌊(a + k − 1) / k⌋ and mod(a, b) as a − b·⌊a / b⌋, so that only one kind of quotient is left to compare.</summary>
internal sealed class DimLowering : DimRewriter
{
    protected override Dim Finish(Dim dim) => dim switch
    {
        CeilDivDim { Denominator: ConstDim k } d => Dim.FloorDiv(d.Numerator + (k.Value - 1), k),
        ModDim d => d.Numerator - d.Denominator * Dim.FloorDiv(d.Numerator, d.Denominator),
        _ => dim,
    };
}
