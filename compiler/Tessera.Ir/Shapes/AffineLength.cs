namespace Tessera.Ir;

/// <summary>A size of the form <c>factor · symbol + offset</c>; a constant has no symbol. Its multiples and sums need no scan.</summary>
public sealed record AffineLength(string? Symbol, long Factor, long Offset)
{
    /// <summary>The affine form of <paramref name="size"/> in one symbol (or none), or null; read off the normal form.</summary>
    public static AffineLength? Of(Dim size) => size switch
    {
        ConstDim constant => new AffineLength(null, 0, constant.Value),
        SymDim symbol => new AffineLength(symbol.Name, 1, 0),
        ProductDim { Factors: [SymDim symbol] } product => new AffineLength(symbol.Name, product.Coefficient, 0),
        SumDim { Terms: [var term, ConstDim constant] } when Of(term) is { } affine => affine with { Offset = constant.Value },
        _ => null,
    };
}
