using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>Where one thread keeps what it needs for an item. All of it lies in one rented buffer.</summary>
internal readonly unsafe struct AttentionScratch
{
    /// <summary>Queries in a block: four register tiles.</summary>
    public const int MaxRows = 24;

    /// <summary>Keys in a step of the softmax: as many as keep a block's logits and the values in the first-level cache.</summary>
    public const int MaxKeys = 128;

    /// <summary>Floats of packed keys and values that the second-level cache holds with room to spare.</summary>
    private const int PackedFloats = 1 << 16;

    /// <summary>Rows that pay for packing the keys they share.</summary>
    private const int ItemRows = 10 * MaxRows;

    private const int Lanes = 16, StateStride = 32;

    private readonly int _headDim;

    /// <summary>E, to a whole number of the widest vectors.</summary>
    public readonly int ValueStride;

    /// <summary>Keys that are packed at a time, a multiple of <see cref="MaxKeys"/>.</summary>
    public readonly int PackedKeys;

    private readonly float* _queries;
    private readonly float* _sum;
    private readonly float* _max;
    private readonly float* _total;
    private readonly float* _started;

    /// <summary>Logits, then their exponentials [rows, <see cref="MaxKeys"/>].</summary>
    public readonly float* Logits;

    /// <summary>Per row: largest logit of a step, what is taken from logits, rescaling of earlier sums, first and last visible key.</summary>
    public readonly float* Largest;
    public readonly float* Shift;
    public readonly float* Rescale;
    public readonly float* First;
    public readonly float* Last;

    /// <summary>Bias by distance j − i over one step.</summary>
    public readonly float* Bias;

    /// <summary>Gains of the norms [D] each.</summary>
    public readonly float* QueryGain;
    public readonly float* KeyGain;

    /// <summary>Packed keys and values.</summary>
    public readonly float* Keys;
    public readonly float* Values;

    /// <summary>Rows on their way in or out [64, max(D, E)].</summary>
    public readonly float* Rows;

    public AttentionScratch(in AttentionProblem problem)
    {
        int d = RoundUp(problem.HeadDim), e = RoundUp(problem.ValueDim);
        _headDim = problem.HeadDim;
        ValueStride = e;
        PackedKeys = Math.Clamp(PackedFloats / (d + e) / MaxKeys, 1, 8) * MaxKeys;
        long blocks = (long)BlocksPerItem(problem.Group) * problem.Group;
        const int PerRow = MaxRows * (MaxKeys + Lanes), Small = (5 * StateStride) + MaxKeys + StateStride + Lanes, RowsOnTheWay = 64;
        float* p = ThreadScratch.Rent((blocks * ((MaxRows * (d + e + Lanes)) + StateStride + Lanes)) + PerRow + Small + (2 * d) + ((long)PackedKeys * (d + e)) + ((long)RowsOnTheWay * Math.Max(d, e)));
        Logits = Take(ref p, MaxRows * MaxKeys);
        Largest = Take(ref p, StateStride);
        Shift = Take(ref p, StateStride);
        Rescale = Take(ref p, StateStride);
        First = Take(ref p, StateStride);
        Last = Take(ref p, StateStride);
        Bias = Take(ref p, MaxKeys + StateStride + Lanes);
        QueryGain = Take(ref p, d);
        KeyGain = Take(ref p, d);
        Rows = Take(ref p, RowsOnTheWay * (long)Math.Max(d, e));
        Keys = Take(ref p, PackedKeys * (long)d);
        Values = Take(ref p, PackedKeys * (long)e);
        _queries = Take(ref p, blocks * MaxRows * d);
        _sum = Take(ref p, blocks * MaxRows * e);
        _total = Take(ref p, blocks * MaxRows * Lanes);
        _max = Take(ref p, blocks * StateStride);
        _started = Take(ref p, blocks * Lanes);
    }

    /// <summary>Blocks of queries in an item, of each of the <paramref name="group"/> heads that share keys.</summary>
    public static int BlocksPerItem(int group) => Math.Max(1, ItemRows / MaxRows / group);

    /// <summary>Block <paramref name="index"/> of an item: all blocks of the first head, then of the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public RowBlock Block(in AttentionProblem problem, AttentionItem item, int keyHead, int index)
    {
        int blocks = (item.Count + MaxRows - 1) / MaxRows;
        (int head, int block) = Math.DivRem(index, blocks);
        return new()
        {
            Head = (keyHead * problem.Group) + head,
            Query = item.Query + (block * MaxRows),
            Count = Math.Min(item.Count - (block * MaxRows), MaxRows),
            Queries = _queries + ((long)index * MaxRows * _headDim),
            Sum = _sum + ((long)index * MaxRows * ValueStride),
            Max = _max + ((long)index * StateStride),
            Total = _total + ((long)index * MaxRows * Lanes),
            Started = (bool*)(_started + ((long)index * Lanes)),
        };
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
