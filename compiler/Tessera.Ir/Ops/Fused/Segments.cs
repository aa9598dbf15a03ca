using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>What the segment ops share: offsets checked, and the segment of each token.</summary>
internal static class Segments
{
    /// <summary>The shape of the offsets, which kernels read as a vector of i32.</summary>
    public static Shape Offsets(InferContext context, Value cuSeqlens) => context.ShapeOf(cuSeqlens) is { Rank: 1 } shape && cuSeqlens.DType == DType.I32
        ? shape
        : throw context.Error("TSR0203", $"cu_seqlens must be i32 of rank 1; it is {cuSeqlens.Type}.");

    /// <summary>Offsets that start at 0, never fall, and end at <paramref name="tokens"/> where that is given.</summary>
    public static long[] Check(EvalContext context, RefTensor cuSeqlens, long? tokens)
    {
        long[] cu = cuSeqlens.I;
        if (cu.Length == 0 || cu[0] != 0 || cu.Zip(cu.Skip(1)).Any(static p => p.Second < p.First))
        {
            throw context.Error($"cu_seqlens must start at 0 and never fall; it is [{string.Join(", ", cu)}].");
        }

        return tokens is null || cu[^1] == tokens
            ? cu
            : throw context.Error($"cu_seqlens ends at {cu[^1]}; there are {tokens} tokens.");
    }

    /// <summary>Segment of each token.</summary>
    public static int[] Owners(long[] cu)
    {
        int[] owner = new int[cu[^1]];
        for (int b = 0; b + 1 < cu.Length; b++)
        {
            Array.Fill(owner, b, (int)cu[b], (int)(cu[b + 1] - cu[b]));
        }

        return owner;
    }

    /// <summary>Empty, one-token and longer segments, and no segment at all, for an op over <c>x[T, 3]</c> or <c>x[T]</c>.</summary>
    public static IEnumerable<OpSample> Samples(Func<GraphBuilder, Value, Value, Value> op) =>
    [
        Sample("mixed", "f32", [0, 2, 2, 5, 6], op),
        Sample("one", "f32", [0, 4], op),
        Sample("none", "f32", [0], op),
        Sample("all empty", "f32", [0, 0, 0], op),
        Sample("f16", "f16", [0, 1, 4], op),
        Sample("bf16", "bf16", [0, 1, 4], op),
        Sample("f64", "f64", [0, 3, 3], op),
        Sample("vector", "f32", [0, 1, 1, 4], op, "[t]"),
        Sample("NaN", "f32", [0, 2, 3, 5, 7, 8, 9], op, "[t]") with { Fixed = Hostile },
    ];

    // NaN, ∞ and −∞ in segments of their own, and each beside numbers.
    private static Dictionary<string, RefTensor> Hostile { get; } = new()
    {
        ["cu"] = RefTensor.Ints(DType.I32, [7], [0, 2, 3, 5, 7, 8, 9]),
        ["x"] = RefTensor.Floats(
            DType.F32,
            [9],
            [1, double.NaN, -1, 2, double.PositiveInfinity, double.NegativeInfinity, 0.5, double.NegativeInfinity, double.NaN]),
    };

    private static OpSample Sample(string name, string dtype, long[] cu, Func<GraphBuilder, Value, Value, Value> op, string shape = "[t, 3]") =>
        new(name, g => [op(g, g.In("x", dtype + shape), g.In("cu", "i32[b + 1]"))])
        {
            Sizes = [new Dictionary<string, long> { ["t"] = cu[^1], ["b"] = cu.Length - 1 }],
            Fixed = new Dictionary<string, RefTensor> { ["cu"] = RefTensor.Ints(DType.I32, [cu.Length], cu) },
        };
}
