namespace Tessera.Kernels.Cpu.Attention;

/// <summary>Where one thread keeps what it needs for a block of queries. All of it lies in one rented buffer.</summary>
internal readonly unsafe struct AttentionScratch
{
    /// <summary>Queries in a block: lanes of the vectors.</summary>
    public const int MaxLanes = 64;

    /// <summary>Keys in a step: as many as keep logits and queries in the first-level cache, and a multiple of 6.</summary>
    public const int MaxKeys = 96;

    /// <summary>Queries, transposed and scaled [D, lanes].</summary>
    public readonly float* Queries;

    /// <summary>Logits, then probabilities [keys, lanes].</summary>
    public readonly float* Logits;

    /// <summary>Unnormalised output, transposed [E, lanes].</summary>
    public readonly float* Sum;

    /// <summary>Keys and values as f32 where they cannot be used in place [keys, D] and [keys, E].</summary>
    public readonly float* Keys;
    public readonly float* Values;

    /// <summary>Rows on their way in or out [lanes, max(D, E)].</summary>
    public readonly float* Rows;

    /// <summary>Per lane: largest logit, sum of exponentials, rescaling of earlier sums, first and last visible key.</summary>
    public readonly float* Max;
    public readonly float* Total;
    public readonly float* Rescale;
    public readonly float* First;
    public readonly float* Last;

    /// <summary>Gains of the norms [D] each.</summary>
    public readonly float* QueryGain;
    public readonly float* KeyGain;

    /// <summary>Bias by distance i − j over one step [keys + lanes].</summary>
    public readonly float* Bias;

    public AttentionScratch(int headDim, int valueDim)
    {
        int d = RoundUp(headDim), e = RoundUp(valueDim);
        long floats = (long)MaxLanes * (d + e + Math.Max(d, e) + 5) + ((long)MaxKeys * (MaxLanes + d + e)) + (2L * d) + MaxKeys + MaxLanes;
        float* p = ThreadScratch.Rent(floats);
        Queries = Take(ref p, MaxLanes * (long)d);
        Logits = Take(ref p, MaxKeys * MaxLanes);
        Sum = Take(ref p, MaxLanes * (long)e);
        Max = Take(ref p, MaxLanes);
        Total = Take(ref p, MaxLanes);
        Rescale = Take(ref p, MaxLanes);
        First = Take(ref p, MaxLanes);
        Last = Take(ref p, MaxLanes);
        Bias = Take(ref p, MaxKeys + MaxLanes);
        QueryGain = Take(ref p, d);
        KeyGain = Take(ref p, d);
        Rows = Take(ref p, MaxLanes * (long)Math.Max(d, e));
        Keys = Take(ref p, MaxKeys * (long)d);
        Values = Take(ref p, MaxKeys * (long)e);
    }

    /// <summary>To whole cache lines.</summary>
    private static int RoundUp(int n) => checked(n + 15) & ~15;

    private static float* Take(ref float* p, long floats)
    {
        float* start = p;
        p += floats;
        return start;
    }
}
