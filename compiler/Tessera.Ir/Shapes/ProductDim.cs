using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>
/// A coefficient (not 0) times sorted atoms, repeated for powers. A sum is a factor only where expanding the
/// product would exceed <see cref="Polynomial.ExpansionLimit"/> terms.
/// </summary>
public sealed class ProductDim : Dim
{
    internal ProductDim(long coefficient, ImmutableArray<Dim> factors) : base(Summarise(coefficient, factors))
    {
        Coefficient = coefficient;
        Factors = factors;
    }

    public long Coefficient { get; }

    public ImmutableArray<Dim> Factors { get; }

    internal override DimKind Kind => DimKind.Product;

    private static DimSummary Summarise(long coefficient, ImmutableArray<Dim> factors)
    {
        int levels = factors.Any(static f => f is SumDim) ? 1 : 0;
        DimSummary summary = DimSummary.Of(DimKind.Product, factors.AsSpan(), levels);
        return summary with { Hash = HashCode.Combine(coefficient, summary.Hash) };
    }
}
