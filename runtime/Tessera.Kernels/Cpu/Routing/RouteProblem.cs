using Tessera.Kernels.Cpu.Experts;

namespace Tessera.Kernels.Cpu.Routing;

/// <summary>
/// logits[T, E] → weights, experts and slots [T, K']. Raw and unmanaged, so that threads share it by address. Checked beforehand.
/// </summary>
internal unsafe struct RouteProblem
{
    /// <summary>Of logits, bias and weights alike.</summary>
    public WeightFormat Format;

    public void* Logits;

    /// <summary>[E], or null.</summary>
    public void* Bias;

    public void* Weights;
    public long* Ids;

    /// <summary>Null where the node has no such output.</summary>
    public long* Slots;

    /// <summary>[groups + 1]: where each group of tokens begins.</summary>
    public int* Groups;
    public int GroupCount;

    /// <summary>T.</summary>
    public int Tokens;

    /// <summary>E.</summary>
    public int Experts;

    public RouteOptions Options;

    /// <summary>What the threads share: the weight of each token's first choice [T], or all scores [T, E].</summary>
    public double* Shared;

    /// <summary>Rank of each token among those of each expert [T, E], or −1; of expert choice.</summary>
    public int* Ranks;

    /// <summary>[T]: rows that are not numbers.</summary>
    public bool* Bad;

    /// <summary>Tokens that an item of work takes.</summary>
    public int TokensPerItem;

    /// <summary>K'.</summary>
    public readonly int Columns => Options.Columns(Experts);
}
