namespace Tessera.Ir;

/// <summary>
/// A symbol made up for the quotient of a value known to be a multiple: k·q = value. With h = 14·q,
/// everything that hangs on h % 14 == 0 falls out of the normal form; <see cref="Restore"/> goes back.
/// </summary>
internal sealed record DimQuotientSymbol(string Name, Dim Value, long By)
{
    public Dim Restore(Dim dim) => new Restorer(this).Apply(dim);

    private sealed class Restorer(DimQuotientSymbol quotient) : DimRewriter
    {
        protected override Dim OnSymbol(SymDim symbol) =>
            symbol.Name == quotient.Name ? Dim.FloorDiv(quotient.Value, quotient.By) : symbol;

        /// <summary>14·q is h itself; a bare q is floordiv(h, 14).</summary>
        protected override Dim OnProduct(ProductDim product)
        {
            long coefficient = product.Coefficient;
            var factors = new List<Dim>();
            foreach (Dim factor in product.Factors)
            {
                if (factor is SymDim symbol && symbol.Name == quotient.Name && coefficient % quotient.By == 0)
                {
                    coefficient /= quotient.By;
                    factors.Add(quotient.Value);
                }
                else
                {
                    factors.Add(Apply(factor));
                }
            }
            return Polynomial.Multiply([coefficient, .. factors]);
        }
    }
}
