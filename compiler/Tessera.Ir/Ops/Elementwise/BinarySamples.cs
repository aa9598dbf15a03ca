namespace Tessera.Ir.Ops;

/// <summary>Shapes and element types at which every broadcasting op is tested.</summary>
internal static class BinarySamples
{
    private static readonly IReadOnlyList<IReadOnlyDictionary<string, long>> s_sizes =
        [.. new long[] { 2, 1, 0 }.Select(static n => new Dictionary<string, long> { ["n"] = n })];

    public static IEnumerable<OpSample> Numbers(Func<GraphBuilder, Value, Value, Value> op) =>
        [.. Floats(op), For("i64", "i64[n, 3]", "i64[3]", op), For("i32", "i32[2]", "i32[n, 1]", op)];

    public static IEnumerable<OpSample> Floats(Func<GraphBuilder, Value, Value, Value> op) =>
    [
        For("same", "f32[n, 3]", "f32[n, 3]", op),
        For("row", "f32[n, 3]", "f32[3]", op),
        For("column", "f32[2, n, 1]", "f32[1, 4]", op),
        For("scalar", "f32[]", "f32[n, 2]", op),
        For("f16", "f16[n, 3]", "f16[3]", op),
        For("f64", "f64[n, 3]", "f64[n, 3]", op),
    ];

    public static OpSample For(string name, string a, string b, Func<GraphBuilder, Value, Value, Value> op) =>
        new(name, g => [op(g, g.In("a", a), g.In("b", b))]) { Sizes = s_sizes, IntRange = (1, 5) };
}
