using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>Walks over a dim that make no new one.</summary>
internal static class DimWalk
{
    public static IReadOnlyCollection<string> Symbols(Dim dim)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        var pending = new Stack<Dim>([dim]);
        while (pending.TryPop(out Dim? next))
        {
            if (next is SymDim symbol) names.Add(symbol.Name);
            foreach (Dim part in Parts(next)) pending.Push(part);
        }
        return names;
    }

    public static ImmutableArray<Dim> Parts(Dim dim) => dim switch
    {
        SumDim d => d.Terms,
        ProductDim d => d.Factors,
        FloorDivDim d => [d.Numerator, d.Denominator],
        CeilDivDim d => [d.Numerator, d.Denominator],
        ModDim d => [d.Numerator, d.Denominator],
        MinDim d => d.Operands,
        MaxDim d => d.Operands,
        _ => [],
    };

    public static long Evaluate(Dim dim, Func<string, long> map)
    {
        try
        {
            return Polynomial.Narrow(Wide(dim, map));
        }
        catch (OverflowException)
        {
            throw DimErrors.Overflow($"An intermediate value of {dim}");
        }
    }

    /// <summary>128 bits between, so that only results that do not fit fail.</summary>
    private static Int128 Wide(Dim dim, Func<string, long> map) => dim switch
    {
        ConstDim d => d.Value,
        SymDim d => map(d.Name),
        SumDim d => Sum(d, map),
        ProductDim d => Product(d, map),
        FloorDivDim d => DimDivision.Floor(Wide(d.Numerator, map), Divisor(d, d.Denominator, map)),
        CeilDivDim d => DimDivision.Ceil(Wide(d.Numerator, map), Divisor(d, d.Denominator, map)),
        ModDim d => Mod(Wide(d.Numerator, map), Divisor(d, d.Denominator, map)),
        MinDim d => Extremum(d.Operands, map, max: false),
        MaxDim d => Extremum(d.Operands, map, max: true),
        _ => throw new InvalidOperationException($"unknown dim {dim.GetType()}"),
    };

    private static Int128 Sum(SumDim dim, Func<string, long> map)
    {
        Int128 total = 0;
        foreach (Dim term in dim.Terms) total = checked(total + Wide(term, map));
        return total;
    }

    private static Int128 Product(ProductDim dim, Func<string, long> map)
    {
        Int128 total = dim.Coefficient;
        foreach (Dim factor in dim.Factors) total = checked(total * Wide(factor, map));
        return total;
    }

    private static Int128 Mod(Int128 a, Int128 b) => a - b * DimDivision.Floor(a, b);

    private static Int128 Divisor(Dim whole, Dim divisor, Func<string, long> map)
    {
        Int128 value = Wide(divisor, map);
        return value != 0 ? value : throw DimErrors.DivisionByZero($"{whole}, where {divisor} is 0,");
    }

    private static Int128 Extremum(ImmutableArray<Dim> operands, Func<string, long> map, bool max)
    {
        Int128 best = Wide(operands[0], map);
        foreach (Dim operand in operands.AsSpan(1..))
        {
            Int128 value = Wide(operand, map);
            best = max ? Int128.Max(best, value) : Int128.Min(best, value);
        }
        return best;
    }
}
