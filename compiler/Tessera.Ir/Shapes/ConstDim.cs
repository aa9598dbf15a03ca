namespace Tessera.Ir;

/// <summary>A known size.</summary>
public sealed class ConstDim : Dim
{
    internal ConstDim(long value) : base(DimSummary.Leaf(HashCode.Combine(DimKind.Const, value))) => Value = value;

    public long Value { get; }

    internal override DimKind Kind => DimKind.Const;
}
