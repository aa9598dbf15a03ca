using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>Sorted atoms multiplied together; none of them is the monomial of a constant.</summary>
internal readonly struct Monomial(ImmutableArray<Dim> factors) : IEquatable<Monomial>, IComparable<Monomial>
{
    public ImmutableArray<Dim> Factors { get; } = factors;

    public bool IsOne => Factors.IsEmpty;

    public static Monomial operator *(Monomial a, Monomial b)
    {
        if (a.IsOne) return b;
        if (b.IsOne) return a;
        ImmutableArray<Dim> merged = a.Factors.AddRange(b.Factors).Sort(DimOrder.Compare);
        return new Monomial(merged);
    }

    /// <summary>Divides by <paramref name="divisor"/> where every factor of it occurs here.</summary>
    public bool TryDivide(Monomial divisor, out Monomial quotient)
    {
        ImmutableArray<Dim> rest = Factors;
        quotient = this;
        if (divisor.Factors.Length > rest.Length) return false;
        foreach (Dim factor in divisor.Factors)
        {
            int at = rest.IndexOf(factor);
            if (at < 0) return false;
            rest = rest.RemoveAt(at);
        }
        quotient = new Monomial(rest);
        return true;
    }

    /// <summary>The factors that both have, with multiplicity.</summary>
    public Monomial CommonWith(Monomial other)
    {
        ImmutableArray<Dim> rest = other.Factors;
        ImmutableArray<Dim>.Builder common = ImmutableArray.CreateBuilder<Dim>();
        foreach (Dim factor in Factors)
        {
            int at = rest.IndexOf(factor);
            if (at < 0) continue;
            rest = rest.RemoveAt(at);
            common.Add(factor);
        }
        return new Monomial(common.DrainToImmutable());
    }

    public int CompareTo(Monomial other) => DimOrder.CompareMonomials(Factors, other.Factors);

    public bool Equals(Monomial other) => Factors.AsSpan().SequenceEqual(other.Factors.AsSpan());

    public override bool Equals(object? obj) => obj is Monomial other && Equals(other);

    public override int GetHashCode() => DimSummary.Of(DimKind.Product, Factors.AsSpan()).Hash;
}
