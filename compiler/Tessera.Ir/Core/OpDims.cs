namespace Tessera.Ir;

/// <summary>The symbolic sizes among an op's attributes.</summary>
public static class OpDims
{
    /// <summary>Every size that an attribute of the op names, in attribute order.</summary>
    public static IEnumerable<Dim> DimOperands(this Op op) => op.Schema.Attributes.SelectMany(a => a.Get(op) switch
    {
        Dim dim => [dim],
        Shape shape => shape,
        EquatableArray<Dim> dims => dims,
        _ => (IEnumerable<Dim>)[],
    });
}
