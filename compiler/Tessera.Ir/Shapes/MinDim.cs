using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>The least of two or more operands, sorted and distinct.</summary>
public sealed class MinDim : Dim
{
    internal MinDim(ImmutableArray<Dim> operands)
        : base(DimHash.Of(DimKind.Min, operands), DimHash.Depth(operands) + 1, DimHash.Size(operands)) => Operands = operands;

    public ImmutableArray<Dim> Operands { get; }

    internal override DimKind Kind => DimKind.Min;
}
