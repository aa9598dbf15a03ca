using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>Sums and products of dims in polynomial normal form.</summary>
internal static class Polynomial
{
    /// <summary>
    /// Products of several sums expand to at most this many terms, before like terms are collected; larger ones stay
    /// products of sums, so that a hostile expression cannot explode.
    /// </summary>
    public const int ExpansionLimit = 256;

    public static Dim Add(Dim a, Dim b)
    {
        if (a is ConstDim { Value: 0 }) return b;
        if (b is ConstDim { Value: 0 }) return a;
        if (a is ConstDim x && b is ConstDim y) return Dim.Const(CheckedAdd(x.Value, y.Value));
        if (b is not SumDim) return Insert(a, b);
        return a is not SumDim ? Insert(b, a) : Merge(Term.AllOf(a), Term.AllOf(b));
    }

    public static Dim Sum(IEnumerable<Dim> dims)
    {
        var terms = new Dictionary<Monomial, long>();
        foreach (Dim dim in dims)
            foreach (Term term in Term.AllOf(dim)) Collect(terms, term);
        return Build(terms);
    }

    public static Dim Scale(Dim dim, long factor) => (dim, factor) switch
    {
        (_, 0) => Dim.Zero,
        (_, 1) => dim,
        (SumDim sum, _) => new SumDim(ImmutableArray.CreateRange(sum.Terms, t => Scale(t, factor))),
        _ => ScaleTerm(Term.Of(dim), factor),
    };

    /// <summary>The product of all factors, expanded where <see cref="ExpansionLimit"/> allows.</summary>
    public static Dim Multiply(IReadOnlyList<Dim> factors)
    {
        long coefficient = 1;
        var atoms = new List<Dim>();
        var sums = new List<SumDim>();
        foreach (Dim factor in factors)
        {
            if (factor is SumDim sum) { sums.Add(sum); continue; }
            Term term = Term.Of(factor);
            coefficient = CheckedMultiply(coefficient, term.Coefficient);
            foreach (Dim atom in term.Monomial.Factors)
            {
                if (atom is SumDim inner) sums.Add(inner);
                else atoms.Add(atom);
            }
        }
        if (coefficient == 0) return Dim.Zero;
        return Expands(sums) ? Expand(coefficient, atoms, sums) : Keep(coefficient, atoms, sums);
    }

    /// <summary>Coefficient and monomial that divide every term; the sign is that of the first term.</summary>
    public static Term Content(Dim dim)
    {
        ImmutableArray<Term> terms = Term.AllOf(dim);
        if (terms.IsEmpty) return new Term(1, new Monomial([]));
        Int128 divisor = 0;
        Monomial common = terms[0].Monomial;
        foreach (Term term in terms)
        {
            divisor = Gcd(divisor, term.Coefficient);
            common = common.CommonWith(term.Monomial);
        }
        long coefficient = divisor > long.MaxValue ? 1 : (long)divisor;
        return new Term(terms[0].Coefficient < 0 ? -coefficient : coefficient, common);
    }

    /// <summary>Divides every term by <paramref name="divisor"/>, which must divide each.</summary>
    public static Dim DivideExactly(Dim dim, Term divisor) => Sum(Term.AllOf(dim).Select(term =>
        TryDivide(term, divisor, out Term quotient)
            ? quotient.ToDim()
            : throw new InvalidOperationException($"{divisor} does not divide {term}")));

    public static bool TryDivide(Term term, Term divisor, out Term quotient)
    {
        quotient = default;
        if ((Int128)term.Coefficient % divisor.Coefficient != 0) return false;
        if (!term.Monomial.TryDivide(divisor.Monomial, out Monomial rest)) return false;
        quotient = new Term(Narrow((Int128)term.Coefficient / divisor.Coefficient), rest);
        return true;
    }

    public static Int128 Gcd(Int128 a, Int128 b)
    {
        a = Int128.Abs(a);
        b = Int128.Abs(b);
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }

    public static long CheckedAdd(long a, long b) => Narrow((Int128)a + b);

    public static long CheckedMultiply(long a, long b) => Narrow((Int128)a * b);

    public static long Narrow(Int128 value) =>
        value >= long.MinValue && value <= long.MaxValue ? (long)value : throw DimErrors.Overflow($"The size {value}");

    private static bool Expands(List<SumDim> sums)
    {
        if (sums.Count <= 1) return true;
        long total = 1;
        foreach (SumDim sum in sums)
        {
            total *= sum.Terms.Length;
            if (total > ExpansionLimit) return false;
        }
        return true;
    }

    private static Dim Expand(long coefficient, List<Dim> atoms, List<SumDim> sums)
    {
        atoms.Sort(DimOrder.Compare);
        ImmutableArray<Term> terms = [new Term(coefficient, new Monomial([.. atoms]))];
        if (sums.Count == 0) return terms[0].ToNormalDim();
        foreach (SumDim sum in sums)
        {
            var next = new Dictionary<Monomial, long>();
            ImmutableArray<Term> right = Term.AllOf(sum);
            foreach (Term a in terms)
                foreach (Term b in right) Collect(next, a * b);
            terms = Sorted(next);
        }
        return Build(terms);
    }

    /// <summary>What divides all terms of a kept sum moves out of it, so that the order of multiplication matters less.</summary>
    private static ProductDim Keep(long coefficient, List<Dim> atoms, List<SumDim> sums)
    {
        foreach (SumDim sum in sums)
        {
            Term content = Content(sum);
            coefficient = CheckedMultiply(coefficient, content.Coefficient);
            atoms.AddRange(content.Monomial.Factors);
            atoms.Add(DivideExactly(sum, content));
        }
        atoms.Sort(DimOrder.Compare);
        return new ProductDim(coefficient, [.. atoms]);
    }

    private static Dim ScaleTerm(Term term, long factor) =>
        new Term(CheckedMultiply(term.Coefficient, factor), term.Monomial).ToNormalDim();

    private static Dim Insert(Dim sum, Dim single)
    {
        Term term = Term.Of(single);
        ImmutableArray<Dim> terms = sum is SumDim s ? s.Terms : [sum];
        int low = 0, high = terms.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            int order = Term.Of(terms[middle]).Monomial.CompareTo(term.Monomial);
            if (order == 0) return Replace(terms, middle, term);
            if (order < 0) low = middle + 1;
            else high = middle;
        }
        return new SumDim(terms.Insert(low, single));
    }

    private static Dim Replace(ImmutableArray<Dim> terms, int at, Term added)
    {
        long coefficient = CheckedAdd(Term.Of(terms[at]).Coefficient, added.Coefficient);
        if (coefficient != 0) terms = terms.SetItem(at, new Term(coefficient, added.Monomial).ToNormalDim());
        else terms = terms.RemoveAt(at);
        return FromNormalTerms(terms);
    }

    private static Dim Merge(ImmutableArray<Term> left, ImmutableArray<Term> right)
    {
        ImmutableArray<Dim>.Builder terms = ImmutableArray.CreateBuilder<Dim>(left.Length + right.Length);
        int i = 0, j = 0;
        while (i < left.Length || j < right.Length)
        {
            int order = i == left.Length ? 1 : j == right.Length ? -1 : left[i].Monomial.CompareTo(right[j].Monomial);
            long coefficient = order switch
            {
                0 => CheckedAdd(left[i].Coefficient, right[j].Coefficient),
                < 0 => left[i].Coefficient,
                _ => right[j].Coefficient,
            };
            Monomial monomial = order <= 0 ? left[i].Monomial : right[j].Monomial;
            if (coefficient != 0) terms.Add(new Term(coefficient, monomial).ToNormalDim());
            if (order <= 0) i++;
            if (order >= 0) j++;
        }
        return FromNormalTerms(terms.DrainToImmutable());
    }

    private static void Collect(Dictionary<Monomial, long> terms, Term term)
    {
        terms.TryGetValue(term.Monomial, out long present);
        terms[term.Monomial] = CheckedAdd(present, term.Coefficient);
    }

    private static ImmutableArray<Term> Sorted(Dictionary<Monomial, long> terms) =>
        [.. terms.Where(static t => t.Value != 0).OrderBy(static t => t.Key).Select(static t => new Term(t.Value, t.Key))];

    private static Dim Build(Dictionary<Monomial, long> terms) => Build(Sorted(terms));

    private static Dim Build(ImmutableArray<Term> sorted) =>
        FromNormalTerms(ImmutableArray.CreateRange(sorted, static t => t.ToNormalDim()));

    private static Dim FromNormalTerms(ImmutableArray<Dim> terms) => terms switch
    {
        [] => Dim.Zero,
        [var single] => single,
        _ => new SumDim(terms),
    };
}
