using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Tests;

/// <summary>What a route gives: [T, K'] each.</summary>
internal sealed record RouteResult(double[] Weights, long[] Experts, long[]? Slots);

/// <summary>A route in a session, and its attributes for the reference.</summary>
internal sealed record RouteCase(int Tokens, int Experts)
{
    public TensorElementType Type { get; init; } = TensorElementType.Float;

    public int K { get; init; } = 2;

    public string Scoring { get; init; } = "softmax";

    public bool SelectFirst { get; init; }

    public int GroupCount { get; init; }

    public int TopGroups { get; init; }

    public string GroupScore { get; init; } = "max";

    public bool Renormalize { get; init; }

    public float Epsilon { get; init; }

    public float Scale { get; init; } = 1;

    public float Factor { get; init; }

    public string Rounding { get; init; } = "ceil";

    public int Multiple { get; init; } = 1;

    public string Priority { get; init; } = "choice";

    public bool ExpertChoice { get; init; }

    public float Jitter { get; init; } = 0.01f;

    public float Lambda { get; init; } = 1;

    public float P { get; init; } = 2;

    public bool Magnitude { get; init; }

    public bool Biased { get; init; }

    public int[]? Groups { get; init; }

    public double[]? Given { get; init; }

    /// <summary>Registers the kernels that run it; null for those of the CPU.</summary>
    public Action<SessionOptions>? Register { get; init; }

    public int Columns => ExpertChoice || Scoring == "sparse_top_k" ? Experts : K;

    public bool HasSlots => ExpertChoice || Factor > 0;

    /// <summary>Logits as the element type holds them.</summary>
    public double[] Logits => Rounded(Given ?? Numbers(1, Tokens * Experts, 3));

    public double[]? GivenBias { get; init; }

    public double[]? Bias => GivenBias ?? (Biased ? Rounded(Numbers(2, Experts, 0.5)) : null);

    public RouteResult Run(int threads = 1, bool slots = true)
    {
        using InferenceSession session = Open(threads, slots);
        return Run(session);
    }

    public InferenceSession Open(int threads = 1, bool slots = true)
    {
        ModelValue[] inputs =
        [
            new("logits", Type, "t", Experts), new(Bias is null ? "" : "bias", Type, "b"), new(Groups is null ? "" : "groups", TensorElementType.Int32, "g"),
        ];
        List<ModelValue> outputs = [new("w", Type, "t", Columns), new("e", TensorElementType.Int64, "t", Columns)];
        if (HasSlots && slots)
            outputs.Add(new("s", TensorElementType.Int64, "t", Columns));
        return OrtRunner.Open(OneNodeModel.Create("Route", new NodePorts(inputs, [], outputs), Attributes()), threads, Register);
    }

    public RouteResult Run(InferenceSession session)
    {
        List<RawTensor> values = [new("logits", Type, [Tokens, Experts], SegmentCase.Encode(Logits, Type))];
        if (Bias is { } bias)
            values.Add(new("bias", Type, [bias.Length], SegmentCase.Encode(bias, Type)));
        if (Groups is not null)
            values.Add(RawTensor.Of("groups", TensorElementType.Int32, [Groups.Length], Groups));
        (long[] Shape, byte[] Bytes)[] results = OrtRunner.RunAll(session, [.. values]);
        Assert.All(results, r => Assert.Equal([Tokens, Columns], r.Shape));
        return new(
            SegmentCase.Decode(results[0].Bytes, Type), MemoryMarshal.Cast<byte, long>(results[1].Bytes).ToArray(),
            results.Length > 2 ? MemoryMarshal.Cast<byte, long>(results[2].Bytes).ToArray() : null);
    }

    private (string, object)[] Attributes() =>
    [
        ("k", K), ("scoring", Scoring), ("select_first", SelectFirst ? 1 : 0), ("group_count", GroupCount), ("top_groups", TopGroups),
        ("group_score", GroupScore), ("renormalize", Renormalize ? 1 : 0), ("epsilon", Epsilon), ("scale", Scale),
        ("capacity_factor", Factor), ("capacity_rounding", Rounding), ("capacity_multiple", Multiple), ("priority", Priority),
        ("expert_choice", ExpertChoice ? 1 : 0), ("jitter", Jitter), ("lambda", Lambda), ("p", P), ("magnitude", Magnitude ? 1 : 0),
    ];

    private double[] Numbers(int stream, int count, double spread)
    {
        Random random = new((Tokens * 100) + Experts + (stream * 7919));
        return [.. Enumerable.Range(0, count).Select(_ => ((random.NextDouble() * 2) - 1) * spread)];
    }

    private double[] Rounded(double[] values) => SegmentCase.Decode(SegmentCase.Encode(values, Type), Type);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"T {Tokens} E {Experts} {Type} k {K} {Scoring} first {SelectFirst} groups {GroupCount}/{TopGroups} {GroupScore} renormalise {Renormalize} "
        + $"scale {Scale} capacity {Factor} {Rounding} {Multiple} {Priority} by expert {ExpertChoice} bias {Bias is not null} of [{string.Join(' ', Groups ?? [])}]");
}
