namespace Tessera.Ir;

/// <summary>By how much a size can change when one symbol grows by 1.</summary>
internal static class DimGrowth
{
    /// <summary>Bounds of <c>f(s + 1) − f(s)</c> over all s and all values of the other symbols.</summary>
    public static Interval Of(Dim dim, string symbol, DimFacts facts)
    {
        return Growth(dim);

        Interval Growth(Dim d) => !d.Symbols.Contains(symbol) ? Interval.Point(0) : d switch
        {
            SymDim => Interval.Point(1),
            SumDim sum => sum.Terms.Aggregate(Interval.Point(0), (total, term) => total + Growth(term)),
            ProductDim { Factors: [var only], Coefficient: var factor } => Growth(only) * factor,
            ProductDim product => Product(product),
            FloorDivDim q => Quotient(Growth(q.Numerator), q.Denominator),
            CeilDivDim q => Quotient(Growth(q.Numerator), q.Denominator),
            ModDim m when m.Denominator.IsConst(out long by) => Growth(m.Numerator) + -(Quotient(Growth(m.Numerator), m.Denominator) * by),
            MinDim m => Either(m.Operands),
            MaxDim m => Either(m.Operands),
            _ => Interval.All,
        };

        // What is not negative and does not shrink stays so in a product.
        Interval Product(ProductDim product) =>
            product.Factors.All(f => Growth(f).Min >= 0 && facts.Range(f).Min >= 0)
                ? product.Coefficient >= 0 ? Interval.NonNegative : -Interval.NonNegative
                : Interval.All;

        // ⌊(a + δ) / k⌋ − ⌊a / k⌋ lies between ⌊δ / k⌋ and ⌈δ / k⌉, and so does that of ⌈ ⌉.
        static Interval Quotient(Interval change, Dim divisor) => divisor.IsConst(out long by) && by > 0
            ? new Interval(Interval.FloorDiv(change, Interval.Point(by)).Min, (-Interval.FloorDiv(-change, Interval.Point(by))).Max)
            : Interval.All;

        // The lesser or the greater of two moves at least as far as one of them and at most as far as the other.
        Interval Either(IEnumerable<Dim> operands)
        {
            Interval[] all = [.. operands.Select(Growth)];
            return new Interval(
                all.Any(static i => i.Min is null) ? null : all.Min(static i => i.Min),
                all.Any(static i => i.Max is null) ? null : all.Max(static i => i.Max));
        }
    }
}
