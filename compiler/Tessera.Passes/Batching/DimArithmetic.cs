using Tessera.Ir;

namespace Tessera.Passes.Batching;

/// <summary>Computes a symbolic size by graph ops, given a value for each symbol: a scalar, or one number for each example.</summary>
internal static class DimArithmetic
{
    public static Value Compute(GraphBuilder g, Dim dim, Func<string, Value> symbol)
    {
        return Of(dim);

        Value Of(Dim d) => d switch
        {
            ConstDim c => g.Int(DType.I64, c.Value),
            SymDim s => symbol(s.Name),
            SumDim sum => sum.Terms.Select(Of).Aggregate((a, b) => g.Add(a, b)),
            ProductDim { Coefficient: 1 } p => p.Factors.Select(Of).Aggregate((a, b) => g.Mul(a, b)),
            ProductDim p => g.Mul(p.Factors.Select(Of).Aggregate((a, b) => g.Mul(a, b)), g.Int(DType.I64, p.Coefficient)),
            FloorDivDim q => g.Div(Of(q.Numerator), Of(q.Denominator)),
            CeilDivDim q => g.Div(g.Add(Of(q.Numerator), g.Sub(Of(q.Denominator), g.Int(DType.I64, 1))), Of(q.Denominator)),
            ModDim m => g.Mod(Of(m.Numerator), Of(m.Denominator)),
            MinDim m => m.Operands.Select(Of).Aggregate((a, b) => g.Min(a, b)),
            MaxDim m => m.Operands.Select(Of).Aggregate((a, b) => g.Max(a, b)),
            _ => throw new InvalidOperationException($"A size of kind {d.GetType().Name} is not known here."),
        };
    }
}
