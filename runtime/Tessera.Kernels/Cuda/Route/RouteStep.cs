namespace Tessera.Kernels.Cuda;

/// <summary>The kernels of a route.</summary>
internal enum RouteStep
{
    /// <summary>Bounds of groups of tokens, put in order.</summary>
    Groups,

    /// <summary>Experts and weights of each token.</summary>
    Choose,

    /// <summary>Scores of each token, where experts choose.</summary>
    Score,

    /// <summary>Chunks of tokens in the order that they rank in.</summary>
    Sort,

    /// <summary>The rank of each token in its group.</summary>
    Rank,

    /// <summary>What experts have chosen.</summary>
    Store,

    /// <summary>Assignments of each expert in each chunk.</summary>
    Count,

    /// <summary>Those that come before each chunk.</summary>
    Carry,

    /// <summary>Slots, and what has none.</summary>
    Place,
}
