namespace Tessera.Ir;

/// <summary>
/// Proves d ≥ 0 by intervals and by adding up known inequalities: when λ·d = d' + μ·p with p ≥ 0, λ, μ &gt; 0 and
/// d' + λ − 1 ≥ 0, then λ·d &gt; −λ and, d being an integer, d ≥ 0.
/// One prover answers one question: its budget of steps is its state.
/// </summary>
internal sealed class InequalityProver(FactSpace space)
{
    private const int MaxSteps = 200;
    private const int MaxChain = 4;
    private const int MaxTerms = 32;
    private const long MaxSize = 1000;

    private int _steps = MaxSteps;

    public bool NonNegative(Dim dim) => NonNegative(dim, MaxChain);

    private bool NonNegative(Dim dim, int chain)
    {
        if (space.Ranges.Of(dim).Min >= 0) return true;
        if (chain == 0 || dim is ConstDim || dim.Size > MaxSize) return false;
        if (dim is SumDim { Terms.Length: > MaxTerms }) return false;
        foreach (Term term in Term.AllOf(dim))
        {
            if (term.IsConst) continue;
            foreach (Dim known in Candidates(term))
            {
                if (--_steps < 0) return false;
                if (Cancel(dim, term, known) is { } smaller && NonNegative(smaller, chain - 1)) return true;
            }
        }
        return false;
    }

    /// <summary>λ·d − μ·p + λ − 1, where the term is gone, or null where p does not hold it with the same sign.</summary>
    private static Dim? Cancel(Dim dim, Term term, Dim known)
    {
        Term match = Term.AllOf(known).FirstOrDefault(t => t.Monomial.Equals(term.Monomial));
        if (match.Coefficient == 0 || match.Coefficient < 0 != term.Coefficient < 0) return null;
        Int128 common = Polynomial.Gcd(match.Coefficient, term.Coefficient);
        long scale = Polynomial.Narrow(Int128.Abs(match.Coefficient) / common);
        long times = Polynomial.Narrow(Int128.Abs(term.Coefficient) / common);
        return Polynomial.Scale(dim, scale) - Polynomial.Scale(known, times) + (scale - 1);
    }

    /// <summary>Inequalities that hold the monomial, where need be multiplied by a factor that is not negative.</summary>
    private IEnumerable<Dim> Candidates(Term term)
    {
        foreach (Dim known in space.NonNegative)
            foreach (Dim scaled in Raise(known, term.Monomial)) yield return scaled;
        foreach (Dim atom in term.Monomial.Factors.Distinct())
            foreach (Dim axiom in Axioms(atom))
                foreach (Dim scaled in Raise(axiom, term.Monomial)) yield return scaled;
    }

    private IEnumerable<Dim> Raise(Dim known, Monomial target)
    {
        if (known is SumDim { Terms.Length: > MaxTerms }) yield break;
        foreach (Term part in Term.AllOf(known))
        {
            if (part.IsConst || !target.TryDivide(part.Monomial, out Monomial rest)) continue;
            Dim factor = new Term(1, rest).ToDim();
            if (rest.IsOne) yield return known;
            else if (space.Ranges.Of(factor).Min >= 0) yield return known * factor;
        }
    }

    /// <summary>What defines an atom: b·⌊x / b⌋ ≤ x ≤ b·⌊x / b⌋ + b − 1 and so on.</summary>
    private IEnumerable<Dim> Axioms(Dim atom) => atom switch
    {
        FloorDivDim d when IsPositive(d.Denominator) =>
            [d.Numerator - d.Denominator * d, d.Denominator * d + d.Denominator - 1 - d.Numerator],
        CeilDivDim d when IsPositive(d.Denominator) =>
            [d.Denominator * d - d.Numerator, d.Numerator + d.Denominator - 1 - d.Denominator * d],
        ModDim d when IsPositive(d.Denominator) =>
            space.Ranges.Of(d.Numerator).Min >= 0
                ? [d.Denominator - 1 - d, d.Numerator - d]
                : [d.Denominator - 1 - d],
        MinDim d => d.Operands.Select(o => o - d),
        MaxDim d => d.Operands.Select(o => d - o),
        _ => [],
    };

    private bool IsPositive(Dim divisor) => space.Ranges.Of(divisor).Min >= 1;
}
