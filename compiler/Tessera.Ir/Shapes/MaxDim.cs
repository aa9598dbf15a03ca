using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>The greatest of two or more operands, sorted and distinct.</summary>
public sealed class MaxDim : Dim
{
    internal MaxDim(ImmutableArray<Dim> operands)
        : base(DimSummary.Of(DimKind.Max, operands.AsSpan(), levels: 1)) => Operands = operands;

    public ImmutableArray<Dim> Operands { get; }

    internal override DimKind Kind => DimKind.Max;
}
