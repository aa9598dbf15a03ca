namespace Tessera.Ir;

/// <summary>Replaces symbols.</summary>
internal sealed class DimSubstitution(Func<string, Dim?> map) : DimRewriter
{
    protected override Dim OnSymbol(SymDim symbol) => map(symbol.Name) ?? symbol;
}
