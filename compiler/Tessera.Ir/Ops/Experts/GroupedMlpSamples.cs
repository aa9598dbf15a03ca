using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Edge cases of grouped experts: every activation and gate, both sides of the weight, ids of nobody, quantised matrices, every element type.</summary>
internal static class GroupedMlpSamples
{
    private const int Size = 6;
    private const int Experts = 3;
    private static readonly long[] s_ids = [0, 2, 2, 1, -1, 2, 0, 0, 5, -1];

    public static IEnumerable<OpSample> All() =>
    [
        .. Enum.GetValues<ExpertActivation>().Select(static a => Sample($"{a}", m => m with { Activation = a })),
        .. Enum.GetValues<ExpertGate>().Where(static gate => gate != ExpertGate.None).SelectMany(static gate => new[]
        {
            Sample($"gate {gate}", m => m with { Activation = ExpertActivation.Silu, Gate = gate }),
            Sample($"limited gate {gate}", m => m with { Activation = ExpertActivation.Silu, Gate = gate, Alpha = 1.702, Beta = 1, Limit = 0.5, Biases = true }),
        }),
        Sample("biases", static m => m with { Activation = ExpertActivation.Relu, Biases = true }),
        Sample("limit", static m => m with { Activation = ExpertActivation.Identity, Limit = 0.25 }),
        Sample("weighted input", static m => m with { Activation = ExpertActivation.Gelu, WeightOn = WeightSide.Input, Biases = true }),
        Sample("narrower result", static m => m with { Activation = ExpertActivation.Relu }, result: 4),
        Sample("no tokens", static m => m with { Activation = ExpertActivation.Relu }, ids: []),
        Sample("nobody", static m => m with { Activation = ExpertActivation.Relu }, ids: [-1, -1, 7, -1]),
        Sample("one expert", static m => m with { Activation = ExpertActivation.Relu }, ids: [1, 1]),
        Sample("f16", static m => m with { Activation = ExpertActivation.Silu, Gate = ExpertGate.Separate, Biases = true }, type: "f16"),
        Sample("bf16", static m => m with { Activation = ExpertActivation.GeluTanh, Biases = true }, type: "bf16"),
        Sample("f64", static m => m with { Activation = ExpertActivation.Silu, Gate = ExpertGate.Interleaved }, type: "f64"),
        Leaking(),
        .. Quantised(),
    ];

    private static IEnumerable<OpSample> Quantised() =>
    [
        Sample("i8", static m => m with { Activation = ExpertActivation.Relu, Scaled = true, Biases = true }, weight: "i8"),
        Sample("u8 zero points", static m => m with { Activation = ExpertActivation.Silu, Gate = ExpertGate.Separate, Scaled = true, ZeroPoints = true }, weight: "u8"),
        Sample("i4 blocks", static m => m with { Activation = ExpertActivation.Silu, Gate = ExpertGate.Separate, Scaled = true, BlockSize = 4 }, weight: "i4"),
        Sample("u4 blocks", static m => m with { Activation = ExpertActivation.Gelu, Scaled = true, ZeroPoints = true, BlockSize = 2, Biases = true }, weight: "u4"),
        Sample("i4 f16", static m => m with { Activation = ExpertActivation.Relu, Scaled = true, BlockSize = 4 }, weight: "i4", type: "f16"),
    ];

    private static OpSample Sample(
        string name, Func<GroupedMlp, GroupedMlp> with, string type = "f32", int result = Size, long[]? ids = null, string? weight = null) =>
        new(name, g => [g.Emit(Build(g, with, type, result, weight))])
        {
            Sizes = [new Dictionary<string, long> { ["t"] = (ids ?? s_ids).Length / 2 }],
            Fixed = new Dictionary<string, RefTensor> { ["ids"] = RefTensor.Ints(DType.I64, [(ids ?? s_ids).Length / 2, 2], ids ?? s_ids) },
            Range = (-1, 1),
            IntRange = weight switch { "i4" => (-8, 8), "u4" => (0, 16), "i8" => (-128, 128), _ => (0, 256) },
        };

    // A token of NaN beside others, and weights that are none at ids of nobody.
    private static OpSample Leaking()
    {
        OpSample plain = Sample("NaN beside", static m => m with { Activation = ExpertActivation.Gelu, Biases = true });
        double[] x = [.. Enumerable.Range(0, 5 * Size).Select(static i => i / Size == 1 ? double.NaN : i / Size == 3 && i % Size == 0 ? double.PositiveInfinity : (i % 7) - 3.0)];
        return plain with
        {
            Fixed = new Dictionary<string, RefTensor>(plain.Fixed)
            {
                ["x"] = RefTensor.Floats(DType.F32, [5, Size], x),
                ["weights"] = RefTensor.Floats(DType.F32, [5, 2], [0.5, 0.5, 1, 0, double.NaN, 1, double.NegativeInfinity, 2, double.NaN, double.NaN]),
            },
        };
    }

    private static GroupedMlp Build(GraphBuilder g, Func<GroupedMlp, GroupedMlp> with, string type, int result, string? weight)
    {
        Value x = g.In("x", $"{type}[t, {Size}]");
        Value ids = g.In("ids", "i64[t, 2]");
        Value weights = g.In("weights", $"{type}[t, 2]");
        GroupedMlp form = with(new GroupedMlp(x, ids, weights, []) { ExpertCount = Experts });
        List<Value> tail = [];
        for (int e = 0; e < Experts; e++)
        {
            int hidden = 4 + (2 * e);
            bool halves = form.Gate is ExpertGate.Interleaved or ExpertGate.Concatenated;
            Matrix(g, form, tail, $"e{e}_w1", type, weight, Size, halves ? 2 * hidden : hidden);
            Matrix(g, form, tail, $"e{e}_w2", type, weight, hidden, result);
            if (form.Gate == ExpertGate.Separate)
            {
                Matrix(g, form, tail, $"e{e}_w3", type, weight, Size, hidden);
            }
        }

        return form with { Tail = [.. tail] };
    }

    private static void Matrix(GraphBuilder g, GroupedMlp form, List<Value> tail, string name, string type, string? weight, int rows, int columns)
    {
        string scales = form.BlockSize > 0 ? $"[{(rows + form.BlockSize - 1) / form.BlockSize}, {columns}]" : $"[{columns}]";
        tail.Add(g.In(name, $"{weight ?? type}[{rows}, {columns}]"));
        if (form.Scaled)
        {
            tail.Add(g.In($"{name}_scale", type + scales));
        }

        if (form.ZeroPoints)
        {
            tail.Add(g.In($"{name}_zero", weight + scales));
        }

        if (form.Biases)
        {
            tail.Add(g.In($"{name}_bias", $"{type}[{columns}]"));
        }
    }
}
