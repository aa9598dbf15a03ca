namespace Tessera.Ir;

/// <summary>Interval arithmetic over dims, with bounds of symbols and of other monomials learnt from inequalities.</summary>
internal sealed class DimRanges
{
    private const int Rounds = 4;
    private const int MaxTerms = 64;

    private readonly Dictionary<Monomial, Interval> _learnt = [];
    private readonly Func<string, bool> _mayBeNegative;

    public DimRanges(IReadOnlyList<Dim> nonNegative, Func<string, bool> mayBeNegative)
    {
        _mayBeNegative = mayBeNegative;
        for (int round = 0; round < Rounds; round++)
            if (!nonNegative.Aggregate(false, (changed, dim) => Learn(dim) || changed)) break;
    }

    /// <summary>Some bounds exclude each other: no assignment satisfies the constraints.</summary>
    public bool IsContradictory { get; private set; }

    public Interval Of(Dim dim) => Of(dim, new Dictionary<Dim, Interval>(ReferenceEqualityComparer.Instance));

    private Interval Of(Dim dim, Dictionary<Dim, Interval> done)
    {
        if (dim is ConstDim constant) return Interval.Point(constant.Value);
        if (done.TryGetValue(dim, out Interval known)) return known;
        Interval range;
        if (dim is SumDim sum)
        {
            range = Interval.Point(0);
            foreach (Dim term in sum.Terms) range += Of(term, done);
        }
        else
        {
            Term term = Term.Of(dim);
            range = OfMonomial(term.Monomial, done) * term.Coefficient;
        }
        return done[dim] = range;
    }

    private Interval OfMonomial(Monomial monomial, Dictionary<Dim, Interval> done)
    {
        Interval range = Interval.Point(1);
        foreach (Dim factor in monomial.Factors)
        {
            Interval part = factor is SumDim ? Of(factor, done) : OfAtom(factor, done);
            if (monomial.Factors.Length > 1 && factor is not SumDim) part = Tighten(new Monomial([factor]), part);
            range *= part;
        }
        return Tighten(monomial, range);
    }

    private Interval OfAtom(Dim atom, Dictionary<Dim, Interval> done) => atom switch
    {
        SymDim s => _mayBeNegative(s.Name) ? Interval.All : Interval.NonNegative,
        FloorDivDim d => Interval.FloorDiv(Of(d.Numerator, done), Of(d.Denominator, done)),
        CeilDivDim d => -Interval.FloorDiv(-Of(d.Numerator, done), Of(d.Denominator, done)),
        ModDim d => Interval.Mod(Of(d.Numerator, done), Of(d.Denominator, done)),
        MinDim d => d.Operands.Select(o => Of(o, done)).Aggregate(Interval.Lesser),
        MaxDim d => d.Operands.Select(o => Of(o, done)).Aggregate(Interval.Greater),
        _ => throw new InvalidOperationException($"not an atom: {atom.GetType()}"),
    };

    private Interval Tighten(Monomial monomial, Interval range)
    {
        if (!_learnt.TryGetValue(monomial, out Interval learnt)) return range;
        Interval both = range.Intersect(learnt);
        return both.IsEmpty ? range : both;
    }

    /// <summary>From c·m + rest ≥ 0 follows m ≥ ⌈−max(rest) / c⌉ for c &gt; 0 and m ≤ ⌊max(rest) / −c⌋ for c &lt; 0.</summary>
    private bool Learn(Dim nonNegative)
    {
        if (Of(nonNegative).Max < 0) IsContradictory = true;
        if (nonNegative is SumDim { Terms.Length: > MaxTerms }) return false;
        bool changed = false;
        foreach (Term term in Term.AllOf(nonNegative))
        {
            if (term.IsConst || Of(nonNegative - term.ToNormalDim()).Max is not { } rest) continue;
            Interval bound = term.Coefficient > 0
                ? new(Interval.Fit(DimDivision.Ceil(-(Int128)rest, term.Coefficient)), null)
                : new(null, Interval.Fit(DimDivision.Floor(rest, -(Int128)term.Coefficient)));
            changed |= Learn(term.Monomial, bound);
        }
        return changed;
    }

    private bool Learn(Monomial monomial, Interval bound)
    {
        Interval before = OfMonomial(monomial, new Dictionary<Dim, Interval>(ReferenceEqualityComparer.Instance));
        Interval after = before.Intersect(bound);
        if (after == before) return false;
        if (after.IsEmpty)
        {
            IsContradictory = true;
            return false;
        }
        _learnt[monomial] = after;
        return true;
    }
}
