using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Tests;

/// <summary>A mixture of experts with seeded inputs, for the kernel and for the reference alike.</summary>
internal sealed record ExpertCase
{
    public const TensorElementType UInt4 = (TensorElementType)21, Int4 = (TensorElementType)22;

    public int Tokens { get; init; } = 7;

    public int Choices { get; init; } = 2;

    public int Width { get; init; } = 24;

    public int OutputWidth { get; init; } = 24;

    /// <summary>Hidden columns of each expert.</summary>
    public int[] Hidden { get; init; } = [40, 40, 40];

    public string Activation { get; init; } = "gelu";

    public string Gate { get; init; } = "none";

    public bool Biases { get; init; } = true;

    public bool OnInput { get; init; }

    public float Alpha { get; init; } = 1;

    public float Beta { get; init; }

    public float Limit { get; init; }

    /// <summary>Null for weights in the type of x.</summary>
    public TensorElementType? Codes { get; init; }

    public bool ZeroPoints { get; init; }

    public int BlockSize { get; init; }

    /// <summary>Null for seeded ones, some of which name no expert.</summary>
    public long[]? Ids { get; init; }

    public float Spread { get; init; } = 1;

    public int Seed { get; init; } = 1;

    public int Experts => Hidden.Length;

    public bool IsGated => Gate != "none";

    public int Matrices => Gate == "separate" ? 3 : 2;

    public long[] Assignments()
    {
        if (Ids is not null)
            return Ids;
        Random random = new((Seed * 1000) + 1);
        return [.. Enumerable.Range(0, Tokens * Choices).Select(_ => random.Next(10) == 0 ? random.Next(2) == 0 ? -1 : Experts + random.Next(3) : random.NextInt64(Experts))];
    }

    /// <summary>Sizes [in, out] of matrix 0, 1 or 2 of an expert as its node has it.</summary>
    public (int Rows, int Columns) Size(int expert, int matrix) => matrix switch
    {
        0 => (Width, Hidden[expert] * (Gate is "interleaved" or "concatenated" ? 2 : 1)),
        1 => (Hidden[expert], OutputWidth),
        _ => (Width, Hidden[expert]),
    };

    /// <summary>Seeded numbers.</summary>
    public double[] Numbers(int stream, int count, double spread)
    {
        Random random = new((Seed * 1000) + stream);
        return [.. Enumerable.Range(0, count).Select(_ => ((random.NextDouble() * 2) - 1) * spread)];
    }

    /// <summary>Seeded codes of the quantised type.</summary>
    public int[] Integers(int stream, int count)
    {
        Random random = new((Seed * 1000) + stream);
        (int low, int high) = Codes switch
        {
            TensorElementType.Int8 => (-128, 128),
            TensorElementType.UInt8 => (0, 256),
            Int4 => (-8, 8),
            _ => (0, 16),
        };
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(low, high))];
    }

    public override string ToString() =>
        $"T {Tokens} K {Choices} D {Width} H [{string.Join(' ', Hidden)}] D' {OutputWidth} {Activation} {Gate} biases {Biases} on input {OnInput}"
        + $" alpha {Alpha} beta {Beta} limit {Limit} codes {Codes} zero {ZeroPoints} block {BlockSize}";
}
