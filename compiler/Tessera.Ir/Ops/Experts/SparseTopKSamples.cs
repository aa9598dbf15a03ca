using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Edge cases of soft top-k: both kinds, norms, ties, every k, rows that hold what is no number.</summary>
internal static class SparseTopKSamples
{
    private const double FourThirds = 4.0 / 3;

    public static IEnumerable<OpSample> All() =>
    [
        .. Both("two", 2),
        .. Both("smooth", 2, p: FourThirds),
        .. Both("three halves", 3, p: 1.5, lambda: 0.1),
        .. Both("three", 1, p: 3, lambda: 0.5),
        .. Both("hard", 2, lambda: 1e-2),
        .. Both("none", 0),
        .. Both("all", 6),
        .. Both("f16", 2, dtype: "f16"),
        .. Both("bf16", 2, dtype: "bf16"),
        .. Both("f64", 2, dtype: "f64"),
        .. Both("rank 3", 2, shape: "[2, n, 5]"),
        new("vector", static g => [g.SparseTopK(g.In("x", "f32[5]"), 1)]),
        .. Both("gaps", 3, shape: "[4, 6]", lambda: 0.25).Select(static s => s with { Fixed = new Dictionary<string, RefTensor> { ["x"] = Gaps } }),
        .. Both("smooth gaps", 3, p: FourThirds, shape: "[4, 6]", lambda: 0.25).Select(static s => s with { Fixed = new Dictionary<string, RefTensor> { ["x"] = Gaps } }),
        .. Both("hostile", 2, shape: "[7, 4]").Select(static s => s with { Fixed = new Dictionary<string, RefTensor> { ["x"] = Hostile } }),
    ];

    private static RefTensor Gaps { get; } = RefTensor.Floats(DType.F32, [4, 6],
    [
        1, -2, 3, 0.5, -4, 0.25,
        1.7, 1, 1, 0.2, -0.17, 1e-9,
        0.25, 0.5, 0.75, 1, 1.25, 1.5,
        -1, -2, -3, -4, -5, -6,
    ]);

    private static RefTensor Hostile { get; } = RefTensor.Floats(DType.F32, [7, 4],
    [
        0, 0, -5, 5,
        double.NaN, 1, 2, 3,
        double.PositiveInfinity, 1, 2, 3,
        double.NegativeInfinity, 1, 2, 3,
        double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity, 3,
        0, 0, 0, 0,
        1e30, -1e30, 1, -1,
    ]);

    private static IEnumerable<OpSample> Both(
        string name, long k, double p = 2, double lambda = 1, string dtype = "f32", string shape = "[n, 6]") =>
        [One(name, k, p, lambda, dtype + shape, magnitude: false), One($"magnitude {name}", k, p, lambda, dtype + shape, magnitude: true)];

    private static OpSample One(string name, long k, double p, double lambda, string type, bool magnitude) =>
        new(name, g => [g.Emit(new SparseTopK(g.In("x", type)) { K = k, P = p, Lambda = lambda, Magnitude = magnitude })]) { Sizes = ShapingSamples.Sizes };
}
