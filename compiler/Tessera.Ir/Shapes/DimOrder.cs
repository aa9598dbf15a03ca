using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>The total order of dims and of monomials.</summary>
internal static class DimOrder
{
    public static int Compare(Dim a, Dim b)
    {
        if (ReferenceEquals(a, b)) return 0;
        if (a.Kind != b.Kind) return a.Kind.CompareTo(b.Kind);
        return (a, b) switch
        {
            (ConstDim x, ConstDim y) => x.Value.CompareTo(y.Value),
            (SymDim x, SymDim y) => string.CompareOrdinal(x.Name, y.Name),
            (FloorDivDim x, FloorDivDim y) => ComparePair(x.Numerator, x.Denominator, y.Numerator, y.Denominator),
            (CeilDivDim x, CeilDivDim y) => ComparePair(x.Numerator, x.Denominator, y.Numerator, y.Denominator),
            (ModDim x, ModDim y) => ComparePair(x.Numerator, x.Denominator, y.Numerator, y.Denominator),
            (MinDim x, MinDim y) => CompareLists(x.Operands, y.Operands),
            (MaxDim x, MaxDim y) => CompareLists(x.Operands, y.Operands),
            (SumDim x, SumDim y) => CompareLists(x.Terms, y.Terms),
            (ProductDim x, ProductDim y) => CompareProducts(x, y),
            _ => throw new InvalidOperationException($"unknown dim {a.GetType()}"),
        };
    }

    /// <summary>Graded lexicographic: higher degree first, then factor by factor; compatible with multiplication.</summary>
    public static int CompareMonomials(ImmutableArray<Dim> a, ImmutableArray<Dim> b) =>
        a.Length != b.Length ? b.Length.CompareTo(a.Length) : CompareLists(a, b);

    private static int CompareProducts(ProductDim x, ProductDim y)
    {
        int order = CompareMonomials(x.Factors, y.Factors);
        return order != 0 ? order : x.Coefficient.CompareTo(y.Coefficient);
    }

    private static int ComparePair(Dim aNumerator, Dim aDenominator, Dim bNumerator, Dim bDenominator)
    {
        int order = Compare(aNumerator, bNumerator);
        return order != 0 ? order : Compare(aDenominator, bDenominator);
    }

    private static int CompareLists(ImmutableArray<Dim> a, ImmutableArray<Dim> b)
    {
        for (int i = 0; i < a.Length && i < b.Length; i++)
        {
            int order = Compare(a[i], b[i]);
            if (order != 0) return order;
        }
        return a.Length.CompareTo(b.Length);
    }
}
