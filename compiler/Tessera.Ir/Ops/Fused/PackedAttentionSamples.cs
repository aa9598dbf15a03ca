using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Edge cases of packed attention: segments empty, single and long, every option, every element type.</summary>
internal static class PackedAttentionSamples
{
    private static readonly long[] s_mixed = [0, 3, 3, 4, 9];

    public static IEnumerable<OpSample> All() =>
    [
        Self("self", s_mixed),
        Self("no segment", [0]),
        Self("all empty", [0, 0, 0]),
        Self("one token", [0, 1]),
        Self("causal", s_mixed, static a => a with { Causal = true }),
        Self("window", s_mixed, static a => a with { WindowLeft = 1, WindowRight = 0 }),
        Self("softcap causal", s_mixed, static a => a with { Softcap = 1.5, Causal = true }),
        Self("scale", s_mixed, static a => a with { Scale = 0.1 }),
        Self("grouped heads", s_mixed, heads: 4, kvHeads: 2),
        Self("value size", s_mixed, valueDim: 5),
        Self("f16", s_mixed, dtype: "f16"),
        Self("bf16", s_mixed, dtype: "bf16") with { NoRuntime = "ONNX Runtime's CPU provider lacks bf16 kernels for the function body" },
        Self("bias", s_mixed, options: "bias"),
        Self("norms", s_mixed, static a => a with { NormEpsilon = 1e-5 }, options: "norms"),
        Self("bias and norms", s_mixed, static a => a with { Causal = true }, options: "bias norms", heads: 2, kvHeads: 1),
        Cross("cross", [0, 2, 2, 5], [0, 4, 6, 6]),
        Cross("cross window", [0, 4, 5], [0, 2, 6], static a => a with { WindowLeft = 0, WindowRight = 1 }),
        Cross("cross causal", [0, 4, 5], [0, 2, 6], static a => a with { Causal = true }),
        Cross("pooling", [0, 1, 2, 3], [0, 4, 4, 6]),
    ];

    private static OpSample Self(
        string name, long[] cu, Func<PackedAttention, PackedAttention>? with = null,
        int heads = 2, int kvHeads = 2, int valueDim = 4, string dtype = "f32", string options = "") =>
        Sample(name, cu, cu, with, heads, kvHeads, valueDim, dtype, options);

    private static OpSample Cross(string name, long[] cuQ, long[] cuK, Func<PackedAttention, PackedAttention>? with = null) =>
        Sample(name, cuQ, cuK, with, 2, 2, 4, "f32", "");

    private static OpSample Sample(
        string name, long[] cuQ, long[] cuK, Func<PackedAttention, PackedAttention>? with,
        int heads, int kvHeads, int valueDim, string dtype, string options) =>
        new(name, g =>
        {
            Value? bias = options.Contains("bias", StringComparison.Ordinal) ? g.In("bias", $"{dtype}[{heads}, 5]") : null;
            Value? qNorm = options.Contains("norms", StringComparison.Ordinal) ? g.In("q_norm", $"{dtype}[4]") : null;
            Value? kNorm = options.Contains("norms", StringComparison.Ordinal) ? g.In("k_norm", $"{dtype}[4]") : null;
            PackedAttention op = new(
                g.In("q", $"{dtype}[t, {heads}, 4]"), g.In("k", $"{dtype}[s, {kvHeads}, 4]"), g.In("v", $"{dtype}[s, {kvHeads}, {valueDim}]"),
                g.In("cu_q", "i32[b + 1]"), g.In("cu_k", "i32[b + 1]"), bias, qNorm, kNorm);
            return [g.Emit(with is null ? op : with(op))];
        })
        {
            Sizes = [new Dictionary<string, long> { ["t"] = cuQ[^1], ["s"] = cuK[^1], ["b"] = cuQ.Length - 1 }],
            Fixed = new Dictionary<string, RefTensor>
            {
                ["cu_q"] = RefTensor.Ints(DType.I32, [cuQ.Length], cuQ),
                ["cu_k"] = RefTensor.Ints(DType.I32, [cuK.Length], cuK),
            },
        };
}
