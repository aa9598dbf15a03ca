namespace Tessera.Ir;

/// <summary>
/// A size of a tensor axis: an integer expression over non-negative symbols, always in normal form
/// (a polynomial with integer coefficients over symbols, quotients, remainders, minima and maxima).
/// </summary>
/// <remarks>
/// The family is closed, immutable and compared by content. Two equal expressions may still have different
/// normal forms; <see cref="DimFacts"/> proves more. Normalising may only ever make an expression defined at more
/// points (<c>floordiv(n*m, m)</c> is <c>n</c>, also where m = 0), never change a value.
/// </remarks>
public abstract class Dim : IEquatable<Dim>, IComparable<Dim>
{
    private readonly int _hash;

    private protected Dim(DimSummary summary)
    {
        DimErrors.CheckSize(summary.Depth, summary.Size);
        _hash = summary.Hash;
        Depth = summary.Depth;
        Size = summary.Size;
    }

    /// <summary>Begins the names of symbols that proofs make up, so that they never meet those of users.</summary>
    internal const char ReservedNameStart = '\u0001';

    /// <summary>Zero.</summary>
    public static Dim Zero { get; } = new ConstDim(0);

    /// <summary>One.</summary>
    public static Dim One { get; } = new ConstDim(1);

    /// <summary>How deep quotients, remainders, minima, maxima and unexpanded products nest.</summary>
    internal int Depth { get; }

    /// <summary>Nodes of the expression seen as a tree.</summary>
    internal long Size { get; }

    internal abstract DimKind Kind { get; }

    /// <summary>The constant this is, or null.</summary>
    public long? ConstValue => this is ConstDim c ? c.Value : null;

    /// <summary>Names of the symbols that occur, distinct, in ordinal order.</summary>
    public IEnumerable<string> Symbols => DimWalk.Symbols(this);

    public static implicit operator Dim(long value) => Const(value);

    public static Dim Const(long value) => value switch { 0 => Zero, 1 => One, _ => new ConstDim(value) };

    /// <summary>A symbol, whose value is at least 0. Any non-empty name will do but one that starts with U+0001; unusual ones print in quotes.</summary>
    public static Dim Sym(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name[0] != ReservedNameStart ? new SymDim(name) : throw DimErrors.ReservedName(name);
    }

    public static Dim operator +(Dim left, Dim right) => Polynomial.Add(left, right);

    public static Dim operator -(Dim left, Dim right) => Polynomial.Add(left, Polynomial.Scale(right, -1));

    public static Dim operator -(Dim value) => Polynomial.Scale(value, -1);

    public static Dim operator *(Dim left, Dim right) => Polynomial.Multiply([left, right]);

    public static bool operator ==(Dim? left, Dim? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(Dim? left, Dim? right) => !(left == right);

    public static bool operator <(Dim left, Dim right) => left.CompareTo(right) < 0;

    public static bool operator >(Dim left, Dim right) => left.CompareTo(right) > 0;

    public static bool operator <=(Dim left, Dim right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Dim left, Dim right) => left.CompareTo(right) >= 0;

    public static Dim Add(Dim left, Dim right) => left + right;

    public static Dim Subtract(Dim left, Dim right) => left - right;

    public static Dim Multiply(Dim left, Dim right) => left * right;

    public static Dim Negate(Dim value) => -value;

    /// <summary>The sum of all terms; 0 when there are none. Faster than adding one by one.</summary>
    public static Dim Sum(IEnumerable<Dim> terms) => Polynomial.Sum(terms);

    /// <summary>The product of all factors; 1 when there are none.</summary>
    public static Dim Product(IEnumerable<Dim> factors) => Polynomial.Multiply([.. factors]);

    /// <summary>⌊a / b⌋, rounded towards −∞.</summary>
    public static Dim FloorDiv(Dim a, Dim b) => DimDivision.Divide(a, b, ceil: false);

    /// <summary>⌈a / b⌉, rounded towards +∞.</summary>
    public static Dim CeilDiv(Dim a, Dim b) => DimDivision.Divide(a, b, ceil: true);

    /// <summary>a − b·⌊a / b⌋: the sign of the result is that of b.</summary>
    public static Dim Mod(Dim a, Dim b) => DimModulo.Mod(a, b);

    public static Dim Min(Dim a, Dim b) => DimExtremum.Of([a, b], max: false);

    public static Dim Max(Dim a, Dim b) => DimExtremum.Of([a, b], max: true);

    /// <summary>The least of at least one operand.</summary>
    public static Dim Min(IEnumerable<Dim> operands) => DimExtremum.Of(operands, max: false);

    /// <summary>The greatest of at least one operand.</summary>
    public static Dim Max(IEnumerable<Dim> operands) => DimExtremum.Of(operands, max: true);

    /// <summary>Reads the text form; throws <see cref="TesseraException"/> TSR0103 where it is not one.</summary>
    public static Dim Parse(string text) => DimParser.Parse(text);

    /// <summary>Reads the longest expression at the start of <paramref name="text"/>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Dim dim, out int consumed) =>
        DimParser.TryParse(text, out dim, out consumed);

    public bool IsConst(out long value)
    {
        value = this is ConstDim c ? c.Value : 0;
        return this is ConstDim;
    }

    public bool IsSymbol(out string name)
    {
        name = this is SymDim s ? s.Name : string.Empty;
        return this is SymDim;
    }

    /// <summary>Replaces every symbol for which <paramref name="map"/> gives a value, all at once, and normalises.</summary>
    public Dim Substitute(Func<string, Dim?> map) => new DimSubstitution(map).Apply(this);

    /// <summary>The value when symbols have the given values. Overflow and division by zero throw <see cref="TesseraException"/>.</summary>
    public long Evaluate(Func<string, long> map) => DimWalk.Evaluate(this, map);

    public bool Equals(Dim? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && Size == other.Size && DimOrder.Compare(this, other) == 0);

    public sealed override bool Equals(object? obj) => Equals(obj as Dim);

    public sealed override int GetHashCode() => _hash;

    /// <summary>A total order by form, not by value; it is the same on every machine.</summary>
    public int CompareTo(Dim? other) => other is null ? 1 : DimOrder.Compare(this, other);

    /// <summary>The text form, which <see cref="Parse"/> reads back to an equal dim.</summary>
    public sealed override string ToString() => DimPrinter.Print(this);
}
