namespace Tessera.Kernels.Cpu.Attention;

/// <summary>
/// One packed attention: q[T, H, D], k[S, G, D], v[S, G, E] → output[T, H, E], with segment b of the queries at
/// cu_q[b] .. cu_q[b + 1] and of the keys at cu_k[b] .. cu_k[b + 1]. Raw and unmanaged, so that threads share it by
/// address. Checked beforehand by <see cref="AttentionCheck"/>.
/// </summary>
internal unsafe struct AttentionProblem
{
    /// <summary>Of q, k, v, bias, norms and output alike.</summary>
    public Storage Storage;

    public void* Q;
    public void* K;
    public void* V;
    public void* Output;
    public int* CuQ;
    public int* CuK;

    /// <summary>B.</summary>
    public int Segments;

    /// <summary>H.</summary>
    public int Heads;

    /// <summary>G.</summary>
    public int KeyHeads;

    /// <summary>Heads that share a key head.</summary>
    public readonly int Group => Heads / KeyHeads;

    /// <summary>D.</summary>
    public int HeadDim;

    /// <summary>E.</summary>
    public int ValueDim;

    /// <summary>Relative-position bias [H, 2R + 1], or null.</summary>
    public void* Bias;

    /// <summary>R.</summary>
    public int BiasRadius;

    /// <summary>RMSNorm gains [D] of queries and keys, or null.</summary>
    public void* QNorm;
    public void* KNorm;

    public AttentionOptions Options;

    public readonly bool HasWindow => Options.WindowLeft != long.MaxValue || Options.WindowRight != long.MaxValue;

    /// <summary>Where queries of one head begin.</summary>
    public readonly void* QueriesAt(int segment, int query, int head) => Storage.At(Q, ((((long)CuQ[segment] + query) * Heads) + head) * HeadDim);

    public readonly void* KeysAt(int segment, int key, int head) => Storage.At(K, ((((long)CuK[segment] + key) * KeyHeads) + head) * HeadDim);

    public readonly void* ValuesAt(int segment, int key, int head) => Storage.At(V, ((((long)CuK[segment] + key) * KeyHeads) + head) * ValueDim);

    public readonly void* ResultsAt(int segment, int query, int head) => Storage.At(Output, ((((long)CuQ[segment] + query) * Heads) + head) * ValueDim);
}
