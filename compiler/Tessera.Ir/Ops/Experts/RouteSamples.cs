using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Edge cases of routing: every scoring, order, priority and rounding; ties; groups without tokens; rows that are no numbers.</summary>
internal static class RouteSamples
{
    private static readonly IReadOnlyList<IReadOnlyDictionary<string, long>> s_tokens =
    [
        .. new long[] { 5, 1, 0 }.Select(static t => new Dictionary<string, long> { ["t"] = t }),
    ];

    public static IEnumerable<OpSample> All() => [.. Plain(), .. Special(), .. Bounded(), .. ByExperts(), .. Types()];

    private static IEnumerable<OpSample> Plain() =>
    [
        Sample("softmax", 2, static r => r),
        Sample("renormalised", 2, static r => r with { Renormalize = true, Epsilon = 1e-6 }),
        Sample("select first", 2, static r => r with { SelectFirst = true }),
        Sample("top 1", 1, static r => r),
        Sample("all experts", 6, static r => r with { Renormalize = true, Scale = 2.5 }),
        Sample("sigmoid", 3, static r => r with { Scoring = RouteScoring.Sigmoid, Renormalize = true, Scale = 0.5 }),
        Sample("sigmoid select first", 2, static r => r with { Scoring = RouteScoring.Sigmoid, SelectFirst = true }),
        Sample("bias", 2, static r => r with { Scoring = RouteScoring.Sigmoid }, bias: true),
        Sample("groups by two", 2, static r => r with { Scoring = RouteScoring.Sigmoid, GroupCount = 3, TopGroups = 2, GroupScore = GroupScore.SumOfTwo }, bias: true),
        Sample("groups by best", 3, static r => r with { GroupCount = 2, TopGroups = 1 }),
        Sample("groups of one", 2, static r => r with { GroupCount = 6, TopGroups = 3, GroupScore = GroupScore.SumOfTwo }),
    ];

    private static IEnumerable<OpSample> Special() =>
    [
        Sample("sparse mixer", 2, static r => r with { Scoring = RouteScoring.SparseMixer }),
        Sample("sparse mixer far", 3, static r => r with { Scoring = RouteScoring.SparseMixer, Jitter = 0.4, Renormalize = true }),
        Sample("sparse top-k", 2, static r => r with { Scoring = RouteScoring.SparseTopK }),
        Sample("sparse top-k magnitude", 2, static r => r with { Scoring = RouteScoring.SparseTopK, Magnitude = true, P = 4.0 / 3, Lambda = 0.5 }),
        Sample("ties", 2, static r => r with { CapacityFactor = 1, Priority = RoutePriority.Batch }) with { Fixed = Logits([.. Enumerable.Repeat(0.5, 30)]), Sizes = [s_tokens[0]] },
        .. Hostile("softmax", static r => r),
        .. Hostile("select first", static r => r with { SelectFirst = true, CapacityFactor = 1 }),
        .. Hostile("sigmoid", static r => r with { Scoring = RouteScoring.Sigmoid, Renormalize = true }),
        .. Hostile("sparse mixer", static r => r with { Scoring = RouteScoring.SparseMixer }),
        .. Hostile("sparse top-k", static r => r with { Scoring = RouteScoring.SparseTopK }),
        .. Hostile("expert choice", static r => r with { ExpertChoice = true }),
    ];

    private static IEnumerable<OpSample> Bounded() =>
    [
        Sample("capacity", 2, static r => r with { CapacityFactor = 1 }),
        Sample("capacity by token", 2, static r => r with { CapacityFactor = 1, Priority = RoutePriority.Token }),
        Sample("capacity by weight", 2, static r => r with { CapacityFactor = 0.7, Priority = RoutePriority.Batch, Renormalize = true, Scale = -2 }),
        Sample("capacity floor", 2, static r => r with { CapacityFactor = 1.1, CapacityRounding = CapacityRounding.Floor }),
        Sample("capacity round", 3, static r => r with { CapacityFactor = 1.4, CapacityRounding = CapacityRounding.Round, CapacityMultiple = 2 }),
        Sample("capacity nothing", 1, static r => r with { CapacityFactor = 0.5, CapacityRounding = CapacityRounding.Floor }),
        Sample("capacity for all", 2, static r => r with { CapacityFactor = Route.MostCapacityFactor, CapacityMultiple = int.MaxValue }),
        Groups("capacity in groups", [0, 2, 2, 7, 8], static r => r with { CapacityFactor = 1 }),
        Groups("by token in groups", [0, 2, 2, 7, 8], static r => r with { CapacityFactor = 0.8, Priority = RoutePriority.Token }),
        Groups("by weight in groups", [0, 2, 2, 7, 8], static r => r with { CapacityFactor = 0.8, Priority = RoutePriority.Batch }),
        Groups("groups without tokens", [0, 0, 0], static r => r with { CapacityFactor = 1, Priority = RoutePriority.Batch }),
        Groups("no groups", [0], static r => r with { CapacityFactor = 1 }),
    ];

    private static IEnumerable<OpSample> ByExperts() =>
    [
        Sample("expert choice", 2, static r => r with { ExpertChoice = true }),
        Sample("expert choice sigmoid", 1, static r => r with { ExpertChoice = true, Scoring = RouteScoring.Sigmoid, CapacityFactor = 2, Renormalize = true, Epsilon = 1e-3 }),
        Groups("expert choice in groups", [0, 2, 2, 7, 8], static r => r with { ExpertChoice = true }),
    ];

    private static IEnumerable<OpSample> Types() =>
    [
        Typed("f16"), Typed("bf16"), Typed("f64"),
    ];

    private static OpSample Typed(string type) =>
        Sample(type, 2, static r => r with { Renormalize = true, CapacityFactor = 1, Priority = RoutePriority.Batch }, type: type);

    private static OpSample Sample(string name, long k, Func<Route, Route> with, bool bias = false, string type = "f32") =>
        new(name, g => g.EmitAll(with(new Route(g.In("logits", $"{type}[t, 6]"), bias ? g.In("bias", $"{type}[6]") : null) { K = k })))
        { Sizes = s_tokens };

    private static OpSample Groups(string name, long[] cu, Func<Route, Route> with) =>
        new(name, g => g.EmitAll(with(new Route(g.In("logits", "f32[t, 4]"), null, g.In("cu", "i32[b + 1]")) { K = 2 })))
        {
            Sizes = [new Dictionary<string, long> { ["t"] = cu[^1], ["b"] = cu.Length - 1 }],
            Fixed = new Dictionary<string, RefTensor> { ["cu"] = RefTensor.Ints(DType.I32, [cu.Length], cu) },
        };

    private static IEnumerable<OpSample> Hostile(string name, Func<Route, Route> with) =>
    [
        new($"hostile {name}", g => g.EmitAll(with(new Route(g.In("logits", "f32[5, 6]")) { K = 2 })))
        {
            Fixed = Logits(
            [
                double.NaN, 1, 2, 3, 4, 5,
                1, double.PositiveInfinity, 0, 2, 1, 0,
                double.NegativeInfinity, 1.5, double.NegativeInfinity, 3, 2, double.NegativeInfinity,
                .. Enumerable.Repeat(double.NegativeInfinity, 6),
                9, -90, 0, 3, -30, 8,
            ]),
        },
    ];

    private static Dictionary<string, RefTensor> Logits(double[] values) => new() { ["logits"] = RefTensor.Floats(DType.F32, [5, 6], values) };
}
