namespace Tessera.Ir;

/// <summary>Normal forms of quotients. Each law holds for every integer value of the symbols with a non-zero divisor.</summary>
internal static class DimDivision
{
    private const int MaxLongDivisionSteps = 64;

    public static Dim Divide(Dim a, Dim b, bool ceil)
    {
        if (b.IsConst(out long divisor)) return DivideByConst(a, divisor, ceil);
        if (a is ConstDim { Value: 0 }) return Dim.Zero;
        if (a.Equals(b)) return Dim.One;
        if (Polynomial.Content(b).Coefficient < 0) return Divide(-a, -b, ceil);
        (Dim quotient, Dim rest) = SplitMultiples(a, AsTerm(b));
        if (quotient is not ConstDim { Value: 0 }) return quotient + Divide(rest, b, ceil);
        if (TryCancel(a, b, out Dim numerator, out Dim denominator, out _)) return Divide(numerator, denominator, ceil);
        if (TryDivideExactly(a, b, out Dim exact)) return exact;
        return Node(a, b, ceil);
    }

    public static Int128 Floor(Int128 a, Int128 b)
    {
        Int128 quotient = a / b;
        return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
    }

    public static Int128 Ceil(Int128 a, Int128 b) => -Floor(-a, b);

    /// <summary>A sum becomes its content times one factor, as it stands in products too large to expand.</summary>
    public static Term AsTerm(Dim divisor)
    {
        if (divisor is not SumDim) return Term.Of(divisor);
        Term content = Polynomial.Content(divisor);
        return content * new Term(1, new Monomial([Polynomial.DivideExactly(divisor, content)]));
    }

    /// <summary>Σ tᵢ = quotient·divisor + rest, with every term that the divisor divides in the quotient.</summary>
    public static (Dim Quotient, Dim Remainder) SplitMultiples(Dim a, Term divisor)
    {
        var quotients = new List<Dim>();
        var rest = new List<Dim>();
        foreach (Term term in Term.AllOf(a))
        {
            if (Polynomial.TryDivide(term, divisor, out Term quotient)) quotients.Add(quotient.ToDim());
            else rest.Add(term.ToNormalDim());
        }
        return (Dim.Sum(quotients), Dim.Sum(rest));
    }

    /// <summary>(c·a) / (c·b) = a / b for the largest common c found.</summary>
    public static bool TryCancel(Dim a, Dim b, out Dim numerator, out Dim denominator, out Dim common)
    {
        Term left = Polynomial.Content(a), right = Polynomial.Content(b);
        Int128 divisor = Polynomial.Gcd(left.Coefficient, right.Coefficient);
        var shared = new Term(
            divisor > long.MaxValue ? 1 : (long)divisor,
            left.Monomial.CommonWith(right.Monomial));
        (numerator, denominator, common) = (a, b, Dim.One);
        if (shared is { Coefficient: 1, Monomial.IsOne: true }) return false;
        numerator = Polynomial.DivideExactly(a, shared);
        denominator = Polynomial.DivideExactly(b, shared);
        common = shared.ToDim();
        return true;
    }

    /// <summary>Long division by a sum, taken only when nothing remains: ((n + 1)·m) / (n + 1) = m.</summary>
    public static bool TryDivideExactly(Dim a, Dim b, out Dim quotient)
    {
        quotient = Dim.Zero;
        if (b is not SumDim sum || Term.AllOf(a).Length > Polynomial.ExpansionLimit || sum.Terms.Length > Polynomial.ExpansionLimit)
            return false;
        Term lead = Term.Of(sum.Terms[0]);
        Dim rest = a;
        for (int step = 0; step < MaxLongDivisionSteps; step++)
        {
            if (rest is ConstDim { Value: 0 }) return true;
            if (!Polynomial.TryDivide(Term.AllOf(rest)[0], lead, out Term next)) return false;
            Dim part = next.ToDim();
            quotient += part;
            rest -= part * b;
        }
        return false;
    }

    private static Dim DivideByConst(Dim a, long divisor, bool ceil)
    {
        if (divisor == 0) throw DimErrors.DivisionByZero($"({a}) / 0");
        if (divisor == 1) return a;
        if (divisor == -1) return -a;
        if (divisor < 0) return DivideByConst(-a, Polynomial.Narrow(-(Int128)divisor), ceil);
        (Dim quotient, Dim rest) = SplitWhole(a, divisor);
        if (rest.IsConst(out long value))
            return quotient + Polynomial.Narrow(ceil ? Ceil(value, divisor) : Floor(value, divisor));
        return quotient + DivideReduced(rest, divisor, ceil);
    }

    /// <summary>Takes whole multiples of the divisor out of coefficients (towards 0) and out of the constant (downwards).</summary>
    private static (Dim Quotient, Dim Remainder) SplitWhole(Dim a, long divisor)
    {
        var quotients = new List<Dim>();
        var rest = new List<Dim>();
        foreach (Term term in Term.AllOf(a))
        {
            long whole = term.IsConst ? (long)Floor(term.Coefficient, divisor) : term.Coefficient / divisor;
            if (whole != 0) quotients.Add((term with { Coefficient = whole }).ToNormalDim());
            rest.Add((term with { Coefficient = term.Coefficient - whole * divisor }).ToNormalDim());
        }
        return (Dim.Sum(quotients), Dim.Sum(rest));
    }

    private static Dim DivideReduced(Dim a, long divisor, bool ceil)
    {
        long common = CommonDivisor(a, divisor);
        if (common > 1)
        {
            Dim reduced = Dim.Sum(Term.AllOf(a).Select(term => term.IsConst
                ? (Dim)(long)(ceil ? Ceil(term.Coefficient, common) : Floor(term.Coefficient, common))
                : (term with { Coefficient = term.Coefficient / common }).ToNormalDim()));
            return DivideByConst(reduced, divisor / common, ceil);
        }
        return TryFlatten(a, divisor, ceil, out Dim flat) ? flat : Node(a, divisor, ceil);
    }

    /// <summary>The greatest divisor of the divisor and of every coefficient but the constant.</summary>
    public static long CommonDivisor(Dim a, long divisor)
    {
        Int128 common = divisor;
        foreach (Term term in Term.AllOf(a))
            if (!term.IsConst) common = Polynomial.Gcd(common, term.Coefficient);
        return (long)common;
    }

    /// <summary>⌊(⌊x / c⌋ + r) / d⌋ = ⌊(x + r·c) / (c·d)⌋, and the same for ⌈ ⌉, where c and d are positive.</summary>
    private static bool TryFlatten(Dim a, long divisor, bool ceil, out Dim flat)
    {
        flat = a;
        ReadOnlySpan<Term> terms = Term.AllOf(a).AsSpan();
        if (terms.Length > 2 || terms[0] is not { Coefficient: 1, Monomial.Factors: [var inner] }) return false;
        if (terms.Length == 2 && !terms[1].IsConst) return false;
        (Dim numerator, Dim denominator) = inner switch
        {
            FloorDivDim f when !ceil => (f.Numerator, f.Denominator),
            CeilDivDim c when ceil => (c.Numerator, c.Denominator),
            _ => (Dim.Zero, Dim.Zero),
        };
        if (!denominator.IsConst(out long innerDivisor) || innerDivisor <= 0) return false;
        Int128 product = (Int128)innerDivisor * divisor;
        if (product > long.MaxValue) return false;
        Dim offset = terms.Length == 2 ? Polynomial.CheckedMultiply(terms[1].Coefficient, innerDivisor) : Dim.Zero;
        flat = DivideByConst(numerator + offset, (long)product, ceil);
        return true;
    }

    private static Dim Node(Dim a, Dim b, bool ceil) => ceil ? new CeilDivDim(a, b) : new FloorDivDim(a, b);
}
