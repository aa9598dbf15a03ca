using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <summary>The routers of the literature.</summary>
public static class Routers
{
    /// <summary>
    /// V-MoE (arXiv 2106.05974): softmax over all experts, then the k best; an expert's room a multiple of four. By
    /// <see cref="RoutePriority.Batch"/> it is batch-prioritised, by <see cref="RoutePriority.Choice"/> vanilla.
    /// </summary>
    public static RouteOptions VMoe(int k = 2, double capacityFactor = 1.05, RoutePriority priority = RoutePriority.Batch) =>
        new(k) { CapacityFactor = capacityFactor, CapacityMultiple = 4, Priority = priority };

    /// <summary>Mixtral (arXiv 2401.04088): the k best logits, then softmax over them; softmax over all and renormalised, it is the same.</summary>
    public static RouteOptions Mixtral(int k = 2) => new(k) { SelectFirst = true };

    /// <summary>Switch (arXiv 2101.03961): softmax, the best expert alone, places in the order of tokens.</summary>
    public static RouteOptions Switch(double capacityFactor = 1.25) => new(1) { CapacityFactor = capacityFactor, Priority = RoutePriority.Token };

    /// <summary>DeepSeek-V2 (arXiv 2405.04434): softmax, the best in the groups that hold the best experts, weights scaled.</summary>
    public static RouteOptions DeepSeekV2(int k = 6, int groups = 8, int topGroups = 3, double scale = 16) =>
        new(k) { GroupCount = groups, TopGroups = topGroups, GroupScore = GroupScore.Max, Scale = scale };

    /// <summary>
    /// DeepSeek-V3 (arXiv 2412.19437): sigmoids, selected by score and bias in the groups whose two best add up to most, weights
    /// without the bias renormalised and scaled.
    /// </summary>
    public static RouteOptions DeepSeekV3(int k = 8, int groups = 8, int topGroups = 4, double scale = 2.5) => new(k)
    {
        Scoring = RouteScoring.Sigmoid,
        SelectionBias = true,
        GroupCount = groups,
        TopGroups = topGroups,
        GroupScore = GroupScore.SumOfTwo,
        Renormalize = true,
        Epsilon = 1e-20,
        Scale = scale,
    };

    /// <summary>Sparse and differentiable top-k (arXiv 2302.01425) of the logits: about k experts, weights that sum to k.</summary>
    public static RouteOptions Soft(int k, double lambda = 1, double p = 4.0 / 3) => new(k) { Scoring = RouteScoring.SparseTopK, Lambda = lambda, P = p };

    /// <summary>Experts choose tokens (arXiv 2202.09368): each the <c>capacity · n ÷ E</c> of largest softmax over experts.</summary>
    public static RouteOptions ExpertChoice(double capacity = 2) => new(1) { ExpertChoice = true, CapacityFactor = capacity };

    /// <summary>Sparse mixer (GRIN, arXiv 2409.12136), as it is when not training.</summary>
    public static RouteOptions SparseMixer(int k = 2, double jitter = 0.01) => new(k) { Scoring = RouteScoring.SparseMixer, Jitter = jitter };
}
