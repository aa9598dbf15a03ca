using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Tessera.Ir;

/// <summary>
/// What a set of constraints means: symbols solved from equalities and divisibilities, and the inequalities
/// that remain over the others.
/// </summary>
internal sealed class FactSpace
{
    private readonly Dictionary<string, Dim> _equalities = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dim> _solved = new(StringComparer.Ordinal);
    private readonly List<DimQuotientSymbol> _quotients = [];
    private readonly List<Dim> _nonNegative = [];
    private readonly List<(Dim Value, long By)> _unsolved = [];
    private readonly List<(Term Value, long By)> _multiples = [];

    public FactSpace(IReadOnlyCollection<Constraint> constraints)
    {
        foreach (Constraint.Equal equal in constraints.OfType<Constraint.Equal>()) Try(() => Solve(equal.Left - equal.Right, equal.Left as SymDim));
        foreach ((string name, Dim value) in _solved) _equalities[name] = value;
        foreach (Constraint.Divisible divisible in constraints.OfType<Constraint.Divisible>()) Try(() => Solve(divisible));
        foreach (Constraint.GreaterEqual bound in constraints.OfType<Constraint.GreaterEqual>())
            Try(() => _nonNegative.Add(bound.Left - bound.Right));
        var entered = new List<Dim>();
        foreach (Dim dim in _nonNegative) Try(() => entered.Add(Enter(dim)));
        NonNegative = [.. entered.Where(static d => d is not ConstDim { Value: >= 0 }).Distinct()];
        foreach ((Dim value, long by) in _unsolved) Try(() => AddMultiple(Enter(value), by));
        Multiples = [.. _multiples];
        Ranges = new DimRanges(NonNegative, MayBeNegative);
    }

    /// <summary>Expressions over unsolved symbols known to be at least 0.</summary>
    public IReadOnlyList<Dim> NonNegative { get; }

    /// <summary>Monomials known to be multiples, where no symbol could be solved for.</summary>
    public IReadOnlyList<(Term Value, long By)> Multiples { get; }

    public DimRanges Ranges { get; }

    /// <summary>Rewrites over unsolved symbols.</summary>
    public Dim Enter(Dim dim) => _solved.Count == 0 ? dim : dim.Substitute(_solved.GetValueOrDefault);

    /// <summary>Uses equalities only, which needs no symbol that the caller does not know.</summary>
    public Dim EnterEqualities(Dim dim) => _equalities.Count == 0 ? dim : dim.Substitute(_equalities.GetValueOrDefault);

    /// <summary>Back to the symbols the caller knows.</summary>
    public Dim Leave(Dim dim)
    {
        for (int i = _quotients.Count - 1; i >= 0; i--) dim = _quotients[i].Restore(dim);
        return dim;
    }

    /// <summary>A constraint beyond 64 bits, or one that divides by what another makes 0, is left out: it proves nothing.</summary>
    private static void Try(Action learn)
    {
        try
        {
            learn();
        }
        catch (TesseraException e)
        {
            Debug.Assert(e.Code.StartsWith("TSR01", StringComparison.Ordinal), e.Message);
        }
    }

    private bool MayBeNegative(string name) =>
        _quotients.Find(q => q.Name == name) is { } quotient
        && !(quotient.Value is SymDim value && !MayBeNegative(value.Name));

    // A symbol alone on the left is defined by the equality, as when a size found at run time turns out to be a known one.
    private void Solve(Dim zero, SymDim? defined)
    {
        Dim difference = Enter(zero);
        Term content = Polynomial.Content(difference);
        if (content.Coefficient is not (1 or -1))
            difference = Polynomial.DivideExactly(difference, new Term(Math.Abs(content.Coefficient), new Monomial([])));
        if (TryIsolate(difference, defined, out SymDim? symbol, out long sign, out Dim rest))
        {
            Eliminate(symbol, Polynomial.Scale(rest, -sign));
            return;
        }
        _nonNegative.Add(difference);
        _nonNegative.Add(-difference);
    }

    private void Solve(Constraint.Divisible divisible)
    {
        Dim value = Enter(divisible.Value);
        if (value is ConstDim || divisible.By is 0 or long.MinValue) return;
        Term content = new(Math.Abs(Polynomial.Content(value).Coefficient), new Monomial([]));
        var by = (long)(Math.Abs(divisible.By) / Polynomial.Gcd(divisible.By, content.Coefficient));
        if (by == 1) return;
        value = Polynomial.DivideExactly(value, content);
        if (TryIsolate(value, null, out SymDim? symbol, out long sign, out Dim rest))
        {
            var quotient = new DimQuotientSymbol($"{Dim.ReservedNameStart}{_quotients.Count}", value, by);
            _quotients.Add(quotient);
            Eliminate(symbol, Polynomial.Scale(Polynomial.Scale(new SymDim(quotient.Name), by) - rest, sign));
        }
        else
        {
            _unsolved.Add((value, by));
        }
    }

    private void AddMultiple(Dim value, long by)
    {
        if (value is not SumDim and not ConstDim) _multiples.Add((Term.Of(value), by));
    }

    /// <summary>sign·symbol + rest, where the symbol occurs nowhere in the rest; the preferred symbol wins, else the last name in ordinal order.</summary>
    private static bool TryIsolate(Dim dim, SymDim? preferred, [NotNullWhen(true)] out SymDim? symbol, out long sign, out Dim rest)
    {
        (symbol, sign, rest) = (null, 0, dim);
        foreach (Term term in Term.AllOf(dim).Reverse())
        {
            if (term is not { Coefficient: 1 or -1, Monomial.Factors: [SymDim candidate] }) continue;
            if (symbol is not null && (symbol.Equals(preferred) || (!candidate.Equals(preferred) && string.CompareOrdinal(candidate.Name, symbol.Name) < 0))) continue;
            Dim others = dim - Polynomial.Scale(candidate, term.Coefficient);
            if (others.Symbols.Contains(candidate.Name)) continue;
            (symbol, sign, rest) = (candidate, term.Coefficient, others);
        }
        return symbol is not null;
    }

    private void Eliminate(SymDim symbol, Dim value)
    {
        Dim? Map(string name) => name == symbol.Name ? value : null;
        KeyValuePair<string, Dim>[] changed = [.. _solved.Select(s => KeyValuePair.Create(s.Key, s.Value.Substitute(Map)))];
        foreach ((string name, Dim solution) in changed) _solved[name] = solution;
        _solved[symbol.Name] = value;
        if (!MayBeNegative(symbol.Name)) _nonNegative.Add(value);
    }
}
