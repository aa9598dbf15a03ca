namespace Tessera.Ir;

/// <summary>Rebuilds a dim from its leaves up; parts that occur several times are rebuilt once.</summary>
internal abstract class DimRewriter
{
    private readonly Dictionary<Dim, Dim> _done = new(ReferenceEqualityComparer.Instance);

    public Dim Apply(Dim dim)
    {
        if (dim is ConstDim) return dim;
        if (_done.TryGetValue(dim, out Dim? known)) return known;
        return _done[dim] = Finish(Rebuild(dim));
    }

    protected virtual Dim OnSymbol(SymDim symbol) => symbol;

    protected virtual Dim OnProduct(ProductDim product) =>
        Polynomial.Multiply([product.Coefficient, .. product.Factors.Select(Apply)]);

    /// <summary>Called on everything rebuilt but constants.</summary>
    protected virtual Dim Finish(Dim dim) => dim;

    private Dim Rebuild(Dim dim) => dim switch
    {
        SymDim symbol => OnSymbol(symbol),
        ProductDim product => OnProduct(product),
        SumDim sum => Dim.Sum(sum.Terms.Select(Apply)),
        FloorDivDim d => Dim.FloorDiv(Apply(d.Numerator), Apply(d.Denominator)),
        CeilDivDim d => Dim.CeilDiv(Apply(d.Numerator), Apply(d.Denominator)),
        ModDim d => Dim.Mod(Apply(d.Numerator), Apply(d.Denominator)),
        MinDim m => Dim.Min(m.Operands.Select(Apply)),
        MaxDim m => Dim.Max(m.Operands.Select(Apply)),
        _ => throw new InvalidOperationException($"unknown dim {dim.GetType()}"),
    };
}
