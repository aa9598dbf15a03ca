using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>A coefficient times a monomial: one term of a polynomial.</summary>
internal readonly record struct Term(long Coefficient, Monomial Monomial)
{
    public bool IsConst => Monomial.IsOne;

    /// <summary>Views a dim that is not a sum as a term.</summary>
    public static Term Of(Dim dim) => dim switch
    {
        ConstDim c => new(c.Value, new Monomial([])),
        ProductDim p => new(p.Coefficient, new Monomial(p.Factors)),
        _ => new(1, new Monomial([dim])),
    };

    /// <summary>The terms of a dim, in canonical order; a zero has none.</summary>
    public static ImmutableArray<Term> AllOf(Dim dim) => dim switch
    {
        SumDim sum => ImmutableArray.CreateRange(sum.Terms, Of),
        ConstDim { Value: 0 } => [],
        _ => [Of(dim)],
    };

    public static Term operator *(Term a, Term b) =>
        new(Polynomial.CheckedMultiply(a.Coefficient, b.Coefficient), a.Monomial * b.Monomial);

    /// <summary>The dim of a term whose monomial may hold sums that have to be expanded again.</summary>
    public Dim ToDim() => Polynomial.Multiply([Dim.Const(Coefficient), .. Monomial.Factors]);

    /// <summary>The dim of a term whose monomial is in normal form.</summary>
    public Dim ToNormalDim() => this switch
    {
        { Coefficient: 0 } => Dim.Zero,
        { Monomial.IsOne: true } => Dim.Const(Coefficient),
        { Coefficient: 1, Monomial.Factors: [var single] } => single,
        _ => new ProductDim(Coefficient, Monomial.Factors),
    };
}
