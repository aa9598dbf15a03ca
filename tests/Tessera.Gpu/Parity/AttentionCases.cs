using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Kernels.Tests;

namespace Tessera.Gpu.Parity;

/// <summary>The cases of the CPU's kernels in every element type, and heads and lengths that the tensor cores' kernels must meet.</summary>
internal static class AttentionCases
{
    private static readonly DType[] s_types = [DType.F32, DType.F16, DType.BF16, DType.F64];

    private static readonly Dictionary<string, AttentionCase> s_large = new()
    {
        ["heads of 64"] = new() { Queries = [200, 0, 64, 1, 65], HeadDim = 64, ValueDim = 64, Heads = 4, KeyHeads = 2 },
        ["heads of 128"] = new() { Queries = [130, 3, 63], HeadDim = 128, ValueDim = 128, KeyHeads = 1 },
        ["head dims between"] = new() { Queries = [70, 129], HeadDim = 72, ValueDim = 40 },
        ["values larger than keys"] = new() { Queries = [100], HeadDim = 24, ValueDim = 120 },
        ["heads of 64, causal"] = new() { Queries = [1, 200, 64, 63, 0, 129], HeadDim = 64, ValueDim = 64, Causal = true },
        ["heads of 64, window"] = new() { Queries = [300, 65], HeadDim = 64, ValueDim = 64, WindowLeft = 70, WindowRight = 9 },
        ["heads of 64, cross"] = new() { Queries = [5, 70, 0, 9], Keys = [200, 3, 98, 0], HeadDim = 64, ValueDim = 64 },
        ["heads of 64, all together"] = Grid.Cases["all together"] with { HeadDim = 64, ValueDim = 72 },
        ["heads of 128, norms"] = new() { Queries = [30, 101], Norms = true, HeadDim = 128, ValueDim = 64, Spread = 4 },
        ["one query a segment"] = new() { Queries = [.. Enumerable.Repeat(1, 40)], Keys = [.. Enumerable.Range(0, 40).Select(static i => 7 * i)], HeadDim = 64, ValueDim = 64 },
        ["thousands of segments"] = new() { Queries = [.. Enumerable.Range(0, 3000).Select(static i => i % 3)], HeadDim = 32, ValueDim = 32 },
        ["long"] = new() { Queries = [900, 17], HeadDim = 64, ValueDim = 64, Heads = 1, KeyHeads = 1 },
    };

    public static IEnumerable<ParityCase> All(bool quick) =>
        from type in quick ? [DType.F32, DType.F16] : s_types
        from named in Grid.Cases.Concat(s_large)
        where !quick || named.Value.CuQ[^1] * (long)named.Value.CuK[^1] < 5000
        select Of($"{named.Key}, {type.Text()}", named.Value, type);

    private static ParityCase Of(string name, AttentionCase c, DType type)
    {
        GraphBuilder g = new();
        Dictionary<string, RefValue> inputs = [];
        long tokens = c.CuQ[^1], keys = c.CuK[^1];
        Value Floats(string input, float[] values, string dims, params long[] sizes)
        {
            inputs.Add(input, RefTensor.Floats(type, sizes, [.. values.Select(v => RefTensors.Round(type, v))]));
            return g.In(input, $"{type.Text()}[{dims}]");
        }

        Value Offsets(string input, int[] values)
        {
            inputs.Add(input, RefTensor.Ints(DType.I32, [values.Length], [.. values.Select(static v => (long)v)]));
            return g.In(input, "i32[b + 1]");
        }

        int distances = (2 * c.BiasRadius) + 1;
        PackedAttention op = new(
            Floats("q", c.Q, $"t, {c.Heads}, {c.HeadDim}", tokens, c.Heads, c.HeadDim),
            Floats("k", c.K, $"s, {c.KeyHeads}, {c.HeadDim}", keys, c.KeyHeads, c.HeadDim),
            Floats("v", c.V, $"s, {c.KeyHeads}, {c.ValueDim}", keys, c.KeyHeads, c.ValueDim),
            Offsets("cu_q", c.CuQ),
            Offsets("cu_k", c.CuK),
            c.Bias is { } bias ? Floats("bias", bias, $"{c.Heads}, {distances}", c.Heads, distances) : null,
            c.QNorm is { } q ? Floats("q_norm", q, $"{c.HeadDim}", c.HeadDim) : null,
            c.KNorm is { } k ? Floats("k_norm", k, $"{c.HeadDim}", c.HeadDim) : null)
        {
            Scale = c.Scale,
            Causal = c.Causal,
            WindowLeft = c.WindowLeft,
            WindowRight = c.WindowRight,
            Softcap = c.Softcap,
            NormEpsilon = AttentionCase.NormEpsilon,
        };
        return ParityCases.Of("PackedAttention", name, g, inputs, [g.Emit(op)]);
    }
}
