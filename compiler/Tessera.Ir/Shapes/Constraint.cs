namespace Tessera.Ir;

/// <summary>A fact about symbols that a graph assumes: <c>n &gt;= 1</c>, <c>h % 14 == 0</c>, <c>a == b</c>.</summary>
public abstract record Constraint
{
    private Constraint()
    {
    }

    /// <summary>The value is at least the bound: <c>left &gt;= right</c>.</summary>
    public sealed record GreaterEqual(Dim Left, Dim Right) : Constraint
    {
        public override IEnumerable<string> Symbols => Left.Symbols.Concat(Right.Symbols);

        public override bool IsSatisfied(Func<string, long> map) => Left.Evaluate(map) >= Right.Evaluate(map);

        public override Constraint Map(Func<Dim, Dim> map) => new GreaterEqual(map(Left), map(Right));

        public override string ToString() => $"{Left} >= {Right}";
    }

    /// <summary>The value is a multiple: <c>value % by == 0</c>.</summary>
    public sealed record Divisible(Dim Value, long By) : Constraint
    {
        public override IEnumerable<string> Symbols => Value.Symbols;

        public override bool IsSatisfied(Func<string, long> map) => By != 0 && (Int128)Value.Evaluate(map) % By == 0;

        public override Constraint Map(Func<Dim, Dim> map) => new Divisible(map(Value), By);

        public override string ToString() => Value is SumDim ? $"({Value}) % {By} == 0" : $"{Value} % {By} == 0";
    }

    /// <summary>Both sides are the same: <c>left == right</c>.</summary>
    public sealed record Equal(Dim Left, Dim Right) : Constraint
    {
        public override IEnumerable<string> Symbols => Left.Symbols.Concat(Right.Symbols);

        public override bool IsSatisfied(Func<string, long> map) => Left.Evaluate(map) == Right.Evaluate(map);

        public override Constraint Map(Func<Dim, Dim> map) => new Equal(map(Left), map(Right));

        public override string ToString() => $"{Left} == {Right}";
    }

    /// <summary>The symbols that the constraint is about.</summary>
    public abstract IEnumerable<string> Symbols { get; }

    /// <summary>Whether the constraint holds for these values of the symbols.</summary>
    public abstract bool IsSatisfied(Func<string, long> map);

    /// <summary>The constraint with every dim in it replaced, as when symbols are renamed.</summary>
    public abstract Constraint Map(Func<Dim, Dim> map);

    /// <summary>Reads the text form; <c>&lt;=</c>, <c>&lt;</c> and <c>&gt;</c> are read as the <c>&gt;=</c> they mean.</summary>
    public static Constraint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!TryParse(text, out Constraint? constraint, out int consumed) || !text.AsSpan(consumed).Trim().IsEmpty)
            throw new TesseraException("TSR0103", $"column {consumed + 1}", $"'{text}' is not a constraint.", "A constraint reads like n >= 1, h % 14 == 0 or a == b.");
        return constraint;
    }

    /// <summary>Reads the longest constraint at the start of <paramref name="text"/>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Constraint? constraint, out int consumed) =>
        ConstraintParser.TryParse(text, out constraint, out consumed);
}
