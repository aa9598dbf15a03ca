using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Shapes, element types and special values at which ops on single elements are tested.</summary>
internal static class UnarySamples
{
    public const string NoKernel = "ONNX Runtime 1.31 has no CPU kernel for this element type";

    /// <summary>The same without f64 in ONNX Runtime.</summary>
    public static IEnumerable<OpSample> Narrow(Func<GraphBuilder, Value, Value> op, double low = -4, double high = 4) =>
        Floats(op, low, high).Select(static s => s.Name == "f64" ? s with { NoRuntime = NoKernel } : s);

    public static IEnumerable<OpSample> Floats(Func<GraphBuilder, Value, Value> op, double low = -4, double high = 4) =>
    [
        For("f32", "f32[n, 3]", op, low, high) with { Sizes = [new Dictionary<string, long> { ["n"] = 3 }, new Dictionary<string, long> { ["n"] = 0 }] },
        For("f16", "f16[n]", op, low, high),
        For("f64", "f64[2, n, 1]", op, low, high),
        For("scalar", "f32[]", op, low, high),
    ];

    public static IEnumerable<OpSample> Integers(Func<GraphBuilder, Value, Value> op) =>
    [
        For("i64", "i64[n]", op) with { IntRange = (-5, 6) },
        For("i32", "i32[n, 2]", op) with { IntRange = (-5, 6) },
    ];

    /// <summary>NaN, both infinities and both zeros.</summary>
    public static OpSample Special(Func<GraphBuilder, Value, Value> op) => For("special", "f32[5]", op) with
    {
        Fixed = new Dictionary<string, RefTensor>
        {
            ["x"] = RefTensor.Floats(DType.F32, [5], [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0d]),
        },
    };

    public static OpSample For(string name, string type, Func<GraphBuilder, Value, Value> op, double low = -4, double high = 4) =>
        new(name, g => [op(g, g.In("x", type))]) { Range = (low, high) };
}
