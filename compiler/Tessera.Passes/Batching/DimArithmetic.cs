using Tessera.Ir;

namespace Tessera.Passes.Batching;

/// <summary>Computes a symbolic size by graph ops, given a value for each symbol: a scalar, or one number for each example.</summary>
public static class DimArithmetic
{
    /// <summary>The size as a value.</summary>
    /// <param name="g">The graph that computes it.</param>
    /// <param name="dim">The size.</param>
    /// <param name="facts">What is known of its symbols.</param>
    /// <param name="symbol">The value of each.</param>
    public static Value Compute(GraphBuilder g, Dim dim, DimFacts facts, Func<string, Value> symbol)
    {
        ArgumentNullException.ThrowIfNull(g);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(symbol);
        return Of(dim);

        Value Of(Dim d) => d switch
        {
            ConstDim c => g.Int(DType.I64, c.Value),
            SymDim s => symbol(s.Name),
            SumDim sum => sum.Terms.Select(Of).Aggregate((a, b) => g.Add(a, b)),
            ProductDim { Coefficient: 1 } p => p.Factors.Select(Of).Aggregate((a, b) => g.Mul(a, b)),
            ProductDim p => g.Mul(p.Factors.Select(Of).Aggregate((a, b) => g.Mul(a, b)), g.Int(DType.I64, p.Coefficient)),
            FloorDivDim q => Floor(q.Numerator, q.Denominator),
            CeilDivDim q => Floor(q.Numerator + q.Denominator - 1, q.Denominator),
            ModDim m => g.Mod(Of(m.Numerator), Of(m.Denominator)),
            MinDim m => m.Operands.Select(Of).Aggregate((a, b) => g.Min(a, b)),
            MaxDim m => m.Operands.Select(Of).Aggregate((a, b) => g.Max(a, b)),
            _ => throw new InvalidOperationException($"A size of kind {d.GetType().Name} is not known here."),
        };

        // Integers divide towards zero and remainders have the divisor's sign: (a − mod(a, b)) / b is exact, whatever the signs.
        Value Floor(Dim a, Dim b) => facts.Range(a).Min >= 0 && facts.Range(b).Min >= 0
            ? g.Div(Of(a), Of(b))
            : g.Div(g.Sub(Of(a), g.Mod(Of(a), Of(b))), Of(b));
    }
}
