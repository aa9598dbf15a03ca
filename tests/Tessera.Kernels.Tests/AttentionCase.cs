namespace Tessera.Kernels.Tests;

/// <summary>A packed attention with seeded inputs, for the kernel and for the reference alike.</summary>
public sealed record AttentionCase
{
    public required int[] Queries { get; init; }

    /// <summary>Null for self attention.</summary>
    public int[]? Keys { get; init; }

    public int Heads { get; init; } = 2;

    public int KeyHeads { get; init; } = 2;

    public int HeadDim { get; init; } = 8;

    public int ValueDim { get; init; } = 8;

    public float Scale { get; init; }

    public bool Causal { get; init; }

    public long WindowLeft { get; init; } = -1;

    public long WindowRight { get; init; } = -1;

    public float Softcap { get; init; }

    /// <summary>−1 for no bias.</summary>
    public int BiasRadius { get; init; } = -1;

    public bool Norms { get; init; }

    public float Spread { get; init; } = 1;

    public int Seed { get; init; } = 1;

    internal int[] CuQ => Cumulate(Queries);

    internal int[] CuK => Cumulate(Keys ?? Queries);

    internal float[] Q => Random(11, CuQ[^1] * Heads * HeadDim, Spread);

    internal float[] K => Random(12, CuK[^1] * KeyHeads * HeadDim, Spread);

    internal float[] V => Random(13, CuK[^1] * KeyHeads * ValueDim, 1);

    internal float[]? Bias => BiasRadius < 0 ? null : Random(14, Heads * ((2 * BiasRadius) + 1), 2);

    internal float[]? QNorm => Norms ? Random(15, HeadDim, 1) : null;

    internal float[]? KNorm => Norms ? Random(16, HeadDim, 1) : null;

    public const float NormEpsilon = 1e-3f;

    public override string ToString() =>
        $"q [{string.Join(' ', Queries)}] k [{string.Join(' ', Keys ?? Queries)}] H {Heads} G {KeyHeads} D {HeadDim} E {ValueDim}"
        + $" scale {Scale} causal {Causal} window {WindowLeft} {WindowRight} cap {Softcap} bias {BiasRadius} norms {Norms}";

    private static int[] Cumulate(int[] lengths)
    {
        int[] cu = new int[lengths.Length + 1];
        for (int b = 0; b < lengths.Length; b++)
            cu[b + 1] = cu[b] + lengths[b];
        return cu;
    }

    private float[] Random(int stream, int count, float spread)
    {
        Random random = new((Seed * 1000) + stream);
        float[] values = new float[count];
        foreach (ref float x in values.AsSpan())
            x = ((random.NextSingle() * 2) - 1) * spread;
        return values;
    }
}
