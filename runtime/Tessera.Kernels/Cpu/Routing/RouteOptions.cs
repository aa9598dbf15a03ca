namespace Tessera.Kernels.Cpu.Routing;

/// <summary>What a token's weights are made of.</summary>
internal enum Scoring
{
    Softmax,
    Sigmoid,
    SparseMixer,
    SparseTopK,
}

/// <summary>Which assignments an expert takes first when it cannot take all.</summary>
internal enum RoutePriority
{
    /// <summary>All first choices token by token, then all second ones.</summary>
    Choice,

    /// <summary>All choices of a token, then of the next.</summary>
    Token,

    /// <summary>As <see cref="Choice"/>, tokens with the largest weight first.</summary>
    Batch,
}

/// <summary>How an expert's capacity becomes a whole number.</summary>
internal enum CapacityRounding
{
    Ceiling,
    Nearest,
    Floor,
}

/// <summary>The attributes of a route.</summary>
internal struct RouteOptions
{
    public int K;
    public Scoring Scoring;

    /// <summary>Chooses by logits; weights are made of those chosen.</summary>
    public bool SelectFirst;
    public int GroupCount;
    public int TopGroups;

    /// <summary>Groups of experts are judged by their two best, not by their best.</summary>
    public bool SumOfTwo;
    public bool Renormalize;
    public double Epsilon;
    public double Scale;
    public double CapacityFactor;
    public CapacityRounding Rounding;
    public long CapacityMultiple;
    public RoutePriority Priority;
    public bool ExpertChoice;
    public double Jitter;
    public SparseTopKOptions Sparse;

    public readonly bool HasSlots => ExpertChoice || CapacityFactor > 0;

    /// <summary>Columns of the results for E experts.</summary>
    public readonly int Columns(int experts) => ExpertChoice || Scoring == Scoring.SparseTopK ? experts : K;

    /// <summary>Assignments that an expert takes of <paramref name="tokens"/> tokens.</summary>
    public readonly long Capacity(int tokens, int experts)
    {
        double factor = CapacityFactor > 0 ? CapacityFactor : 1, exact = factor * K * tokens / experts;
        double whole = Rounding switch
        {
            CapacityRounding.Ceiling => Math.Ceiling(exact),
            CapacityRounding.Nearest => Math.Round(exact, MidpointRounding.ToEven),
            _ => Math.Floor(exact),
        };
        long capacity = whole < int.MaxValue ? (long)whole : int.MaxValue;
        return (capacity + CapacityMultiple - 1) / CapacityMultiple * CapacityMultiple;
    }
}
