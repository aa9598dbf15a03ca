namespace Tessera.Ir;

/// <summary>A known size.</summary>
public sealed class ConstDim : Dim
{
    internal ConstDim(long value) : base(HashCode.Combine(DimKind.Const, value), 0, 1) => Value = value;

    public long Value { get; }

    internal override DimKind Kind => DimKind.Const;
}
