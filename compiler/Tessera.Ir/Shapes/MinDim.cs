using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>The least of two or more operands, sorted and distinct.</summary>
public sealed class MinDim : Dim
{
    internal MinDim(ImmutableArray<Dim> operands)
        : base(DimSummary.Of(DimKind.Min, operands.AsSpan(), levels: 1)) => Operands = operands;

    public ImmutableArray<Dim> Operands { get; }

    internal override DimKind Kind => DimKind.Min;
}
