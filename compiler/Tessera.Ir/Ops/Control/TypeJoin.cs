namespace Tessera.Ir.Ops;

/// <summary>Types of what comes out of regions.</summary>
internal static class TypeJoin
{
    /// <summary>The least type that both fit; sizes that differ become fresh ones.</summary>
    /// <param name="context">Proves sizes equal and names fresh ones.</param>
    /// <param name="a">One type.</param>
    /// <param name="b">The other.</param>
    /// <param name="output">Result that the type is of.</param>
    public static IrType Of(InferContext context, IrType a, IrType b, int output) => (a, b) switch
    {
        (TensorType x, TensorType y) when x.DType == y.DType => new TensorType(x.DType, Of(context, x.Shape, y.Shape, output)),
        (SequenceType x, SequenceType y) => new SequenceType(Of(context, x.Element, y.Element, output)),
        (OptionalType x, OptionalType y) => new OptionalType(Of(context, x.Element, y.Element, output)),
        _ => throw context.Error("TSR0213", $"result {output} has types {a} and {b}, which nothing joins."),
    };

    /// <summary>A region's type as seen outside: sizes over symbols that no operand carries are fresh.</summary>
    public static IrType Outside(InferContext context, IrType type, IReadOnlySet<string> visible, int output, int shift = 0) => type switch
    {
        TensorType { Shape: { } shape } tensor => tensor with
        {
            Shape = [.. shape.Select((d, a) => d.Symbols.All(visible.Contains) ? d : context.Fresh(output, a + shift))],
        },
        SequenceType sequence => new SequenceType(Outside(context, sequence.Element, visible, output)),
        OptionalType optional => new OptionalType(Outside(context, optional.Element, visible, output)),
        _ => type,
    };

    /// <summary>
    /// Whether a value of type <paramref name="given"/> may be bound to a parameter of type <paramref name="declared"/>. A
    /// declared size over a symbol of the region's own takes any size.
    /// </summary>
    public static bool Fits(InferContext context, IrType given, IrType declared, IReadOnlySet<string> visible) => (given, declared) switch
    {
        (TensorType x, TensorType y) => x.DType == y.DType && (y.Shape is null || x.Shape is null
            || (x.Shape.Rank == y.Shape.Rank && x.Shape.Zip(y.Shape).All(p =>
                !p.Second.Symbols.All(visible.Contains) || context.Facts.Equal(p.First, p.Second) != Proof.Disproved))),
        (SequenceType x, SequenceType y) => Fits(context, x.Element, y.Element, visible),
        (OptionalType x, OptionalType y) => Fits(context, x.Element, y.Element, visible),
        (not OptionalType, OptionalType y) => Fits(context, given, y.Element, visible),
        _ => false,
    };

    private static Shape? Of(InferContext context, Shape? a, Shape? b, int output) => a is null || b is null || a.Rank != b.Rank
        ? null
        : [.. a.Zip(b).Select((p, axis) => context.Facts.Equal(p.First, p.Second) == Proof.Proved ? p.First : context.Fresh(output, axis))];
}
