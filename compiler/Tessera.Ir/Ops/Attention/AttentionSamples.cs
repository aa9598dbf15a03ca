using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Edge cases of attention over one sequence and over a batch.</summary>
internal static class AttentionSamples
{
    private static readonly IReadOnlyList<IReadOnlyDictionary<string, long>> s_sizes =
    [
        new Dictionary<string, long> { ["n"] = 5, ["m"] = 5 },
        new Dictionary<string, long> { ["n"] = 1, ["m"] = 3 },
        new Dictionary<string, long> { ["n"] = 4, ["m"] = 2 },
        new Dictionary<string, long> { ["n"] = 0, ["m"] = 2 },
        new Dictionary<string, long> { ["n"] = 2, ["m"] = 0 },
    ];

    public static IEnumerable<OpSample> All() =>
    [
        Sample("self", "n", "n"),
        Sample("cross", "n", "m"),
        Sample("causal", "n", "n", static a => a with { Causal = true }),
        Sample("causal cross", "n", "m", static a => a with { Causal = true }),
        Sample("window", "n", "n", static a => a with { WindowLeft = 1, WindowRight = 2 }),
        Sample("window cross", "n", "m", static a => a with { WindowLeft = 0, WindowRight = 0 }),
        Sample("softcap", "n", "m", static a => a with { Softcap = 2 }),
        Sample("softcap causal", "n", "n", static a => a with { Softcap = 2, Causal = true }),
        Sample("grouped", "n", "m", heads: 4, kvHeads: 2),
        Sample("bias", "n", "m", options: "bias"),
        Sample("norms", "n", "m", options: "norms"),
        Sample("mask", "n", "m", options: "mask"),
        Sample("everything", "n", "m", static a => a with { Causal = true, WindowLeft = 2, Softcap = 3, Scale = 0.3 }, "bias norms mask", 4, 2),
        Sample("batched", "n", "m", options: "batched"),
        Sample("batched lengths", "n", "m", static a => a with { Causal = true }, "batched lengths bias"),
        Sample("f16", "n", "m", dtype: "f16"),
        Sample("flags", "n", "m", options: "visible"),
        Sample("added", "n", "m", static a => a with { Hiding = Hiding.Added, Causal = true }, "mask"),
        Sample("added number", "n", "m", static a => a with { Hiding = Hiding.Added, Fill = -3, Causal = true }, "visible"),
        Sample("added drowning number", "n", "n", static a => a with { Hiding = Hiding.Added, Fill = -3e38, Causal = true }),
        Sample("filled", "n", "n", static a => a with { Hiding = Hiding.Filled, Causal = true, Softcap = 2 }),
        Sample("filled with a number", "n", "m", static a => a with { Hiding = Hiding.Filled, Fill = -3 }, "visible mask"),
        Sample("filled with a drowning number", "n", "m", static a => a with { Hiding = Hiding.Filled, Fill = -3e38 }, "visible mask"),
        Sample("filled by a window", "n", "m", static a => a with { Hiding = Hiding.Filled, Fill = -3e38, Causal = true, WindowLeft = 1 }),
        Sample("products", "n", "m", static a => a with { Logits = LogitsStage.Product, Scale = 0.25 }, heads: 4, kvHeads: 2),
        Sample("capped", "n", "m", static a => a with { Logits = LogitsStage.Capped, Softcap = 2, Hiding = Hiding.Added }, "mask"),
        Sample("logits", "n", "n", static a => a with { Logits = LogitsStage.Biased, Hiding = Hiding.Added, Causal = true }, "batched mask"),
        Sample("weights", "n", "m", static a => a with { Logits = LogitsStage.Weights, Causal = true }),
        Sample("weights of what is left", "n", "m", static a => a with { Logits = LogitsStage.Weights }, "visible"),
        Safe(),
        Hidden("hidden by a mask", static a => a, double.NegativeInfinity, double.NegativeInfinity),
        Hidden("hidden by a mask and causality", static a => a with { Causal = true }, double.NegativeInfinity, 0),
        Hidden("hidden by a mask and a window", static a => a with { WindowRight = 0 }, double.NegativeInfinity, 0),
        Hidden("hidden by a mask and causality, softcap", static a => a with { Causal = true, Softcap = 2 }, double.NegativeInfinity, 0),
    ];

    // Query 0 sees no key, query 1 both.
    private static OpSample Hidden(string name, Func<Attention, Attention> with, params double[] row) =>
        Sample(name, "2", "2", with, "mask") with
        {
            Sizes = [new Dictionary<string, long>()],
            Fixed = new Dictionary<string, RefTensor> { ["mask"] = RefTensor.Floats(DType.F32, [2, 2], [.. row, 0, 0]) },
        };

    // Beside NaN, the weights are 0 by themselves; the body only asks whether a query sees a key.
    private static OpSample Safe()
    {
        OpSample hidden = Hidden(
            "hidden by an added mask, safe", static a => a with { Hiding = Hiding.Added, Safe = true, Causal = true }, double.NegativeInfinity, 0);
        return hidden with
        {
            Fixed = new Dictionary<string, RefTensor>(hidden.Fixed)
            {
                ["q"] = RefTensor.Floats(DType.F32, [2, 2, 4], [1, -1, 2, 0.5, 0, 1, -2, 1, 3, 0, 1, -1, 0.5, 2, 1, 1]),
                ["k"] = RefTensor.Floats(DType.F32, [2, 2, 4], [0.5, 1, 0, -1, 2, 1, -1, 0, 1, 1, 0.5, 2, -2, 0, 1, 1]),
                ["v"] = RefTensor.Floats(DType.F32, [2, 2, 3], [1, -2, 3, 0.5, 4, -1, 2, 2, 0, 1, -3, 5]),
            },
        };
    }

    private static OpSample Sample(
        string name, string n, string m, Func<Attention, Attention>? with = null, string options = "", int heads = 2, int kvHeads = 2, string dtype = "f32")
    {
        bool Has(string option) => options.Split(' ').Contains(option);
        string lead = Has("batched") ? "2, " : "";
        return new(name, g =>
        {
            Attention op = new(
                g.In("q", $"{dtype}[{lead}{n}, {heads}, 4]"), g.In("k", $"{dtype}[{lead}{m}, {kvHeads}, 4]"), g.In("v", $"{dtype}[{lead}{m}, {kvHeads}, 3]"),
                Has("bias") ? g.In("bias", $"{dtype}[{heads}, 5]") : null,
                Has("norms") ? g.In("q_norm", $"{dtype}[4]") : null,
                Has("norms") ? g.In("k_norm", $"{dtype}[4]") : null,
                Has("mask") ? g.In("mask", $"{dtype}[{n}, {m}]") : null,
                Has("lengths") ? g.In("lengths", "i64[2]") : null,
                Has("visible") ? g.In("visible", $"bool[{n}, {m}]") : null);
            return g.EmitAll(with is null ? op : with(op));
        })
        {
            Sizes = s_sizes,
            IntRange = (0, 3),
        };
    }
}
