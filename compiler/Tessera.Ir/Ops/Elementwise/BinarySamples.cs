namespace Tessera.Ir.Ops;

/// <summary>Shapes and element types at which every broadcasting op is tested.</summary>
internal static class BinarySamples
{
    private static readonly IReadOnlyList<IReadOnlyDictionary<string, long>> s_sizes =
        [.. new long[] { 2, 1, 0 }.Select(static n => new Dictionary<string, long> { ["n"] = n })];

    public static IEnumerable<OpSample> Numbers(Func<GraphBuilder, Value, Value, Value> op) => [.. Floats(op), .. Integers(op)];

    public static IEnumerable<OpSample> Floats(Func<GraphBuilder, Value, Value, Value> op) =>
    [
        For("same", "f32[n, 3]", "f32[n, 3]", op),
        For("row", "f32[n, 3]", "f32[3]", op),
        For("column", "f32[2, n, 1]", "f32[1, 4]", op),
        For("scalar", "f32[]", "f32[n, 2]", op),
        For("f16", "f16[n, 3]", "f16[3]", op),
        For("f64", "f64[n, 3]", "f64[n, 3]", op),
    ];

    public static IEnumerable<OpSample> Integers(Func<GraphBuilder, Value, Value, Value> op) =>
        [For("i64", "i64[n, 3]", "i64[3]", op), For("i32", "i32[2]", "i32[n, 1]", op)];

    /// <summary>Floats and integers of so few values that equal ones occur.</summary>
    public static IEnumerable<OpSample> Comparison(Func<GraphBuilder, Value, Value, Value> op) =>
    [
        For("row", "f32[n, 3]", "f32[3]", op),
        For("f16", "f16[n, 3]", "f16[3]", op),
        For("f64", "f64[2, n]", "f64[n]", op),
        For("i64", "i64[n, 3]", "i64[3]", op) with { IntRange = (-1, 2) },
        For("i32", "i32[2]", "i32[n, 1]", op) with { IntRange = (-1, 2) },
    ];

    /// <summary>One element type, the shapes of a matrix, a row and a scalar.</summary>
    public static IEnumerable<OpSample> Of(string dtype, Func<GraphBuilder, Value, Value, Value> op, (long Low, long High)? integers = null) =>
    [
        For("same", $"{dtype}[n, 3]", $"{dtype}[n, 3]", op) with { IntRange = integers ?? (0, 3) },
        For("column", $"{dtype}[2, n, 1]", $"{dtype}[1, 4]", op) with { IntRange = integers ?? (0, 3) },
        For("scalar", $"{dtype}[]", $"{dtype}[n]", op) with { IntRange = integers ?? (0, 3) },
    ];

    public static OpSample For(string name, string a, string b, Func<GraphBuilder, Value, Value, Value> op) =>
        new(name, g => [op(g, g.In("a", a), g.In("b", b))]) { Sizes = s_sizes, IntRange = (1, 5) };
}
