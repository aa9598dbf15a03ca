using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>
/// A coefficient (not 0) times sorted atoms, repeated for powers. A sum is a factor only where expanding the
/// product would exceed <see cref="Polynomial.ExpansionLimit"/> terms.
/// </summary>
public sealed class ProductDim : Dim
{
    internal ProductDim(long coefficient, ImmutableArray<Dim> factors)
        : base(
            HashCode.Combine(coefficient, DimHash.Of(DimKind.Product, factors)),
            DimHash.Depth(factors) + (factors.Any(static f => f is SumDim) ? 1 : 0),
            DimHash.Size(factors))
    {
        Coefficient = coefficient;
        Factors = factors;
    }

    public long Coefficient { get; }

    public ImmutableArray<Dim> Factors { get; }

    internal override DimKind Kind => DimKind.Product;
}
