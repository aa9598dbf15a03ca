namespace Tessera.Ir;

/// <summary>What holds of types of every kind: tensors, and what sequences and optionals hold.</summary>
public static class IrTypes
{
    /// <summary>Symbols of the sizes in a type.</summary>
    public static IEnumerable<string> Symbols(IrType type) => type switch
    {
        TensorType { Shape: { } shape } => shape.Symbols,
        SequenceType sequence => Symbols(sequence.Element),
        OptionalType optional => Symbols(optional.Element),
        MapType map => Symbols(map.Element),
        SparseType { Shape: { } shape } => shape.Symbols,
        _ => [],
    };

    /// <summary>The type with each size replaced.</summary>
    public static IrType Map(IrType type, Func<Dim, Dim> map) => type switch
    {
        TensorType { Shape: { } shape } tensor => tensor with { Shape = shape.Map(map) },
        SequenceType sequence => new SequenceType(Map(sequence.Element, map)),
        OptionalType optional => new OptionalType(Map(optional.Element, map)),
        MapType values => values with { Element = Map(values.Element, map) },
        SparseType { Shape: { } shape } sparse => sparse with { Shape = shape.Map(map) },
        _ => type,
    };

    /// <summary>The type with symbols replaced in its sizes.</summary>
    public static IrType Substitute(IrType type, Func<string, Dim?> map) => Map(type, d => d.Substitute(map));

    /// <summary>Whether two types are proved to be the same, however their sizes are written.</summary>
    public static bool Same(IrType a, IrType b, DimFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return Same(a, b, (x, y) => facts.Equal(x, y) == Proof.Proved);
    }

    /// <summary>Whether two types agree but for sizes that <paramref name="sizes"/> tells to be the same.</summary>
    public static bool Same(IrType a, IrType b, Func<Dim, Dim, bool> sizes) => (a, b) switch
    {
        (TensorType { Shape: { } x } s, TensorType { Shape: { } y } t) => s.DType == t.DType && Same(x, y, sizes),
        (SequenceType x, SequenceType y) => Same(x.Element, y.Element, sizes),
        (OptionalType x, OptionalType y) => Same(x.Element, y.Element, sizes),
        (MapType x, MapType y) => x.Key == y.Key && Same(x.Element, y.Element, sizes),
        (SparseType { Shape: { } x } s, SparseType { Shape: { } y } t) => s.DType == t.DType && Same(x, y, sizes),
        _ => a.Equals(b),
    };

    private static bool Same(Shape a, Shape b, Func<Dim, Dim, bool> sizes)
    {
        int axis = 0;
        while (axis < a.Rank && axis < b.Rank && sizes(a[axis], b[axis]))
        {
            axis++;
        }

        return axis == a.Rank && axis == b.Rank;
    }
}
