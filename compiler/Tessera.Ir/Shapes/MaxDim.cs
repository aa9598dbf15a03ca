using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>The greatest of two or more operands, sorted and distinct.</summary>
public sealed class MaxDim : Dim
{
    internal MaxDim(ImmutableArray<Dim> operands)
        : base(DimHash.Of(DimKind.Max, operands), DimHash.Depth(operands) + 1, DimHash.Size(operands)) => Operands = operands;

    public ImmutableArray<Dim> Operands { get; }

    internal override DimKind Kind => DimKind.Max;
}
