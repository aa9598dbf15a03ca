namespace Tessera.Ir;

/// <summary>Normal forms of remainders.</summary>
internal static class DimModulo
{
    public static Dim Mod(Dim a, Dim b)
    {
        if (b.IsConst(out long divisor)) return ModConst(a, divisor);
        if (a is ConstDim { Value: 0 } || a.Equals(b)) return Dim.Zero;
        if (Polynomial.Content(b).Coefficient < 0) return -Mod(-a, -b);
        (Dim quotient, Dim rest) = DimDivision.SplitMultiples(a, DimDivision.AsTerm(b));
        if (quotient is not ConstDim { Value: 0 }) return Mod(rest, b);
        if (DimDivision.TryCancel(a, b, out Dim numerator, out Dim denominator, out Dim common))
            return common * Mod(numerator, denominator);
        return DimDivision.TryDivideExactly(a, b, out _) ? Dim.Zero : new ModDim(a, b);
    }

    private static Dim ModConst(Dim a, long divisor)
    {
        if (divisor == 0) throw DimErrors.DivisionByZero($"mod({a}, 0)");
        if (divisor is 1 or -1) return Dim.Zero;
        if (divisor < 0) return -ModConst(-a, Polynomial.Narrow(-(Int128)divisor));
        Dim reduced = Dim.Sum(Term.AllOf(a).Select(term => Reduce(term, divisor)));
        if (!reduced.Equals(a)) return ModConst(reduced, divisor);
        if (a is ConstDim) return a;
        long common = DimDivision.CommonDivisor(a, divisor);
        return common == 1 ? new ModDim(a, Dim.Const(divisor)) : TakeOutCommon(a, divisor, common);
    }

    /// <summary>Coefficients count modulo the divisor, and c·mod(x, d) is c·x where the divisor divides c·d.</summary>
    private static Dim Reduce(Term term, long divisor)
    {
        var coefficient = (long)(term.Coefficient - DimDivision.Floor(term.Coefficient, divisor) * divisor);
        if (coefficient != 0
            && term.Monomial.Factors is [ModDim { Denominator: ConstDim inner } mod]
            && (Int128)coefficient * inner.Value % divisor == 0)
            return Polynomial.Scale(mod.Numerator, coefficient);
        return (term with { Coefficient = coefficient }).ToNormalDim();
    }

    /// <summary>mod(g·y + c, g·d) = g·mod(y, d) + c for 0 ≤ c &lt; g.</summary>
    private static Dim TakeOutCommon(Dim a, long divisor, long common)
    {
        long offset = Term.AllOf(a).Where(static t => t.IsConst).Select(t => t.Coefficient % common).FirstOrDefault();
        Dim scaled = DimDivision.Divide(a - offset, common, ceil: false);
        return Polynomial.Scale(ModConst(scaled, divisor / common), common) + offset;
    }
}
