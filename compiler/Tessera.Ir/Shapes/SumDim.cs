using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>A sum of two or more terms: products and atoms, sorted, no two alike; the constant, if any, is last.</summary>
public sealed class SumDim : Dim
{
    internal SumDim(ImmutableArray<Dim> terms) : base(DimSummary.Of(DimKind.Sum, terms.AsSpan())) => Terms = terms;

    public ImmutableArray<Dim> Terms { get; }

    internal override DimKind Kind => DimKind.Sum;
}
