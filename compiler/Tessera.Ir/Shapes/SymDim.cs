namespace Tessera.Ir;

/// <summary>A named size, at least 0.</summary>
public sealed class SymDim : Dim
{
    internal SymDim(string name) : base(DimSummary.Leaf(HashCode.Combine(DimKind.Sym, name))) => Name = name;

    public string Name { get; }

    internal override DimKind Kind => DimKind.Sym;
}
