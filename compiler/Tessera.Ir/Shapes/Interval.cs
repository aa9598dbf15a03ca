namespace Tessera.Ir;

/// <summary>Bounds of an integer, both inclusive; null is unbounded, as is a bound that does not fit in 64 bits.</summary>
internal readonly record struct Interval(long? Min, long? Max)
{
    public static Interval All => new(null, null);

    public static Interval NonNegative => new(0, null);

    public static Interval Point(long value) => new(value, value);

    public bool IsEmpty => Min > Max;

    public bool Contains(long value) => !(Min > value) && !(Max < value);

    public static Interval operator +(Interval a, Interval b) => new(Add(a.Min, b.Min), Add(a.Max, b.Max));

    public static Interval operator -(Interval a) => new(Negate(a.Max), Negate(a.Min));

    public static Interval operator *(Interval a, long factor) => factor switch
    {
        0 => Point(0),
        > 0 => new(Multiply(a.Min, factor), Multiply(a.Max, factor)),
        _ => new(Multiply(a.Max, factor), Multiply(a.Min, factor)),
    };

    public static Interval operator *(Interval a, Interval b)
    {
        if (a.IsEmpty || b.IsEmpty) return All;
        if (a is { Min: { } pa } && a.Max == pa) return b * pa;
        if (b is { Min: { } pb } && b.Max == pb) return a * pb;
        if (a.Max <= 0) return -(-a * b);
        if (b.Max <= 0) return -(a * -b);
        if (a.Min >= 0 && b.Min >= 0) return new(Multiply(a.Min, b.Min!.Value), MultiplyUpper(a.Max, b.Max));
        if (a is not { Min: { } al, Max: { } ah } || b is not { Min: { } bl, Max: { } bh }) return All;
        Int128[] corners = [(Int128)al * bl, (Int128)al * bh, (Int128)ah * bl, (Int128)ah * bh];
        return new(Fit(corners.Min()), Fit(corners.Max()));
    }

    public Interval Intersect(Interval other) => new(Larger(Min, other.Min), Smaller(Max, other.Max));

    /// <summary>⌊a / b⌋ for b at least 1, or anything where b is not known to be.</summary>
    public static Interval FloorDiv(Interval a, Interval b)
    {
        if (b.Min is not >= 1) return All;
        return new(
            a.Min is { } low ? FloorToward(low, low >= 0 ? b.Max : b.Min) : null,
            a.Max is { } high ? FloorToward(high, high >= 0 ? b.Min : b.Max) : null);
    }

    /// <summary>a − b·⌊a / b⌋ for b at least 1, or anything where b is not known to be.</summary>
    public static Interval Mod(Interval a, Interval b)
    {
        if (b.Min is not >= 1) return All;
        if (a.Min >= 0 && a.Max < b.Min) return a;
        long? below = b.Max - 1;
        return new(0, a.Min >= 0 ? Smaller(a.Max, below) : below);
    }

    public static Interval Lesser(Interval a, Interval b) =>
        new(a.Min is null || b.Min is null ? null : Math.Min(a.Min.Value, b.Min.Value), Smaller(a.Max, b.Max));

    public static Interval Greater(Interval a, Interval b) =>
        new(Larger(a.Min, b.Min), a.Max is null || b.Max is null ? null : Math.Max(a.Max.Value, b.Max.Value));

    public static long? Fit(Int128 value) => value >= long.MinValue && value <= long.MaxValue ? (long)value : null;

    /// <summary>A divisor without bound takes the quotient to 0 from above and to −1 from below.</summary>
    private static long? FloorToward(long value, long? divisor) =>
        divisor is { } d ? Fit(DimDivision.Floor(value, d)) : value >= 0 ? 0 : -1;

    private static long? Larger(long? a, long? b) => a is null ? b : b is null ? a : Math.Max(a.Value, b.Value);

    private static long? Smaller(long? a, long? b) => a is null ? b : b is null ? a : Math.Min(a.Value, b.Value);

    private static long? Add(long? a, long? b) => a is { } x && b is { } y ? Fit((Int128)x + y) : null;

    private static long? Negate(long? a) => a is { } x ? Fit(-(Int128)x) : null;

    private static long? Multiply(long? a, long factor) => a is { } x ? Fit((Int128)x * factor) : null;

    private static long? MultiplyUpper(long? a, long? b) =>
        a == 0 || b == 0 ? 0 : a is { } x && b is { } y ? Fit((Int128)x * y) : null;
}
