using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Loops to test: carried values, scans, captures, no round at all, sizes that grow.</summary>
internal static class LoopSamples
{
    private static readonly TensorType s_round = new(DType.I64, Shape.Scalar);
    private static readonly TensorType s_condition = new(DType.Bool, Shape.Scalar);

    public static IEnumerable<OpSample> All() =>
    [
        Counted("sum", 3),
        Counted("no round", 0) with { NoRuntime = "ONNX Runtime takes the symbolic sizes of a scan of no rounds for 0" },
        Sized(),
        Growing(),
        Ended(),
    ];

    // Adds the capture to the carried value in each round and keeps each sum.
    private static OpSample Counted(string name, long rounds) => new(name, g =>
    {
        (Value x, Value y) = (g.In("x", "f32[n, 2]"), g.In("y", "f32[2]"));
        Region body = Regions.Of([s_round, s_condition, x.Type, y.Type], static (r, p) =>
        {
            Value sum = r.Add(p[2], p[3]);
            return [p[1], sum, sum];
        });
        return g.Loop([x, y], 1, body, maxTrip: g.Int(DType.I64, rounds));
    })
    { Sizes = ShapingSamples.NotEmpty };

    // As many rounds as x has rows; the scan has their number as its size.
    private static OpSample Sized() => new("rows", static g =>
    {
        Value x = g.In("x", "f32[n, 2]");
        Region body = Regions.Of([s_round, s_condition, x.Type], static (r, p) => [p[1], r.Gather(p[2], p[0])]);
        return g.Loop([x], 0, body, maxTrip: g.Squeeze(g.ShapeOf(x, end: 1), [0]));
    })
    { Sizes = ShapingSamples.NotEmpty };

    private static OpSample Growing() => new("growing", static g =>
    {
        Value x = g.In("x", "i64[n]");
        Region body = Regions.Of([s_round, s_condition, Text.TypeText.Parse("i64[k]")], static (r, p) =>
            [p[1], r.Concat([p[2], r.Unsqueeze(p[0], [0])], 0)]);
        return g.Loop([x], 1, body, maxTrip: g.Int(DType.I64, 2));
    })
    { Sizes = ShapingSamples.Sizes };

    private static OpSample Ended() => new("ended by its condition", static g =>
    {
        Region body = Regions.Of([s_round, s_condition, s_condition], static (r, p) => [p[2], p[2], p[0]]);
        return g.Loop([g.In("stop", "bool[]")], 1, body, maxTrip: g.Int(DType.I64, 4), condition: g.In("go", "bool[]"));
    })
    {
        Fixed = new Dictionary<string, RefTensor> { ["go"] = RefTensor.Bools([], [true]), ["stop"] = RefTensor.Bools([], [false]) },
    };
}
