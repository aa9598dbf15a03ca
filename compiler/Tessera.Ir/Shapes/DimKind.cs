namespace Tessera.Ir;

/// <summary>The forms of a <see cref="Dim"/>, in the order that sorts them.</summary>
internal enum DimKind
{
    Sym,
    FloorDiv,
    CeilDiv,
    Mod,
    Min,
    Max,
    Product,
    Sum,
    Const,
}
