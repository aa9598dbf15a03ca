using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>
/// Proofs about dims under constraints. Every symbol is at least 0 besides. An answer other than
/// <see cref="Proof.Unknown"/> holds for all assignments that satisfy the constraints and divide by no zero.
/// </summary>
public sealed class DimFacts
{
    private readonly FactSpace _space;

    public DimFacts(IEnumerable<Constraint> constraints)
    {
        Constraints = [.. constraints];
        _space = new FactSpace(Constraints);
    }

    /// <summary>Only that symbols are at least 0.</summary>
    public static DimFacts None { get; } = new([]);

    public ImmutableArray<Constraint> Constraints { get; }

    /// <summary>The constraints were seen to exclude each other, so that what they prove is worth nothing.</summary>
    public bool IsContradictory => _space.Ranges.IsContradictory;

    public Proof Equal(Dim a, Dim b) => a.Equals(b) ? Proof.Proved : EqualWhereUnlike(a, b);

    // Apart, so that the common case allocates no closure.
    private Proof EqualWhereUnlike(Dim a, Dim b) => Guard(() => IsZero(Enter(a) - Enter(b)));

    public Proof GreaterEqual(Dim a, Dim b) => Guard(() =>
    {
        Dim difference = Enter(a) - Enter(b);
        if (IsNonNegative(difference)) return Proof.Proved;
        return IsNonNegative(-difference - 1) ? Proof.Disproved : Proof.Unknown;
    });

    /// <summary>Whether a is a multiple of <paramref name="by"/>, which must not be 0.</summary>
    public Proof Divisible(Dim a, long by)
    {
        ArgumentOutOfRangeException.ThrowIfZero(by);
        return by is 1 or -1 ? Proof.Proved : Guard(() =>
        {
            Dim lowered = Lower(Enter(a));
            if (Term.AllOf(lowered).All(term => IsMultiple(term, by))) return Proof.Proved;
            return IsZero(Dim.Mod(lowered, by));
        });
    }

    /// <summary>Bounds, both inclusive; null where none is known.</summary>
    public (long? Min, long? Max) Range(Dim d)
    {
        Interval range = Interval.All;
        Guard(() =>
        {
            Dim dim = Enter(d);
            range = _space.Ranges.Of(dim).Intersect(_space.Ranges.Of(Lower(dim)));
            foreach (Dim known in _space.NonNegative)
            {
                if ((dim - known).IsConst(out long low)) range = range.Intersect(new Interval(low, null));
                if ((dim + known).IsConst(out long high)) range = range.Intersect(new Interval(null, high));
            }
            return Proof.Unknown;
        });
        return (range.Min, range.Max);
    }

    /// <summary>
    /// An equal dim, as small as the constraints make it: solved symbols replaced, ceildiv turned into floordiv
    /// where nothing is left over, minima and maxima resolved, 14*floordiv(n, 14) put back to n.
    /// </summary>
    public Dim Simplify(Dim d)
    {
        Dim best = d;
        Guard(() =>
        {
            best = _space.EnterEqualities(d);
            Dim entered = Enter(d);
            Dim resolved = _space.Leave(Resolve(entered));
            if (resolved.Size <= best.Size) best = resolved;
            Dim lowered = _space.Leave(Resolve(Lower(entered)));
            if (lowered.Size < best.Size) best = lowered;
            return Proof.Unknown;
        });
        return best;
    }

    private Dim Enter(Dim dim) => _space.Enter(dim);

    private static Dim Lower(Dim dim) => new DimLowering().Apply(dim);

    private Dim Resolve(Dim dim) => new DimResolver(_space.Ranges, IsNonNegative).Apply(dim);

    private Proof IsZero(Dim difference)
    {
        Dim lowered = Lower(difference);
        if (difference is ConstDim { Value: 0 } || lowered is ConstDim { Value: 0 }) return Proof.Proved;
        if (IsNeverZero(difference) || IsNeverZero(lowered)) return Proof.Disproved;
        bool atLeast = IsNonNegative(difference);
        if (atLeast && IsNonNegative(-difference)) return Proof.Proved;
        return IsNonNegative(difference - 1) || IsNonNegative(-difference - 1) ? Proof.Disproved : Proof.Unknown;
    }

    /// <summary>The range excludes 0, or what divides all but the constant does not divide the constant.</summary>
    private bool IsNeverZero(Dim difference)
    {
        if (!_space.Ranges.Of(difference).Contains(0)) return true;
        if (difference is not SumDim { Terms: [.., ConstDim constant] }) return false;
        Int128 common = 0;
        foreach (Term term in Term.AllOf(difference))
            if (!term.IsConst) common = Polynomial.Gcd(common, term.Coefficient);
        return common != 0 && constant.Value % common != 0;
    }

    private bool IsNonNegative(Dim dim)
    {
        if (new InequalityProver(_space).NonNegative(dim)) return true;
        Dim lowered = Lower(dim);
        return !lowered.Equals(dim) && new InequalityProver(_space).NonNegative(lowered);
    }

    private bool IsMultiple(Term term, long by)
    {
        if ((Int128)term.Coefficient % by == 0) return true;
        foreach ((Term value, long known) in _space.Multiples)
        {
            if (Polynomial.TryDivide(term, value, out Term rest) && (Int128)rest.Coefficient * known % by == 0) return true;
        }
        return false;
    }

    /// <summary>Arithmetic that leaves 64 bits or grows too large proves nothing; it is no error of who asked.</summary>
    private static Proof Guard(Func<Proof> prove)
    {
        try
        {
            return prove();
        }
        catch (TesseraException)
        {
            return Proof.Unknown;
        }
    }
}
