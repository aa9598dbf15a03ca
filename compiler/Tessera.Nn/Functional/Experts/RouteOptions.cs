using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <summary>How tokens come to experts; <see cref="Routers"/> has the routers of the literature.</summary>
/// <param name="K">Experts of each token.</param>
public sealed record RouteOptions(int K)
{
    /// <inheritdoc cref="Route.Scoring"/>
    public RouteScoring Scoring { get; init; } = RouteScoring.Softmax;

    /// <inheritdoc cref="Route.SelectFirst"/>
    public bool SelectFirst { get; init; }

    /// <summary>Whether a learned number for each expert is added to its score where experts are selected, and only there.</summary>
    public bool SelectionBias { get; init; }

    /// <inheritdoc cref="Route.GroupCount"/>
    public int GroupCount { get; init; }

    /// <inheritdoc cref="Route.TopGroups"/>
    public int TopGroups { get; init; }

    /// <inheritdoc cref="Route.GroupScore"/>
    public GroupScore GroupScore { get; init; }

    /// <inheritdoc cref="Route.Renormalize"/>
    public bool Renormalize { get; init; }

    /// <summary>Added to the sum that weights are divided by.</summary>
    public double Epsilon { get; init; }

    /// <inheritdoc cref="Route.Scale"/>
    public double Scale { get; init; } = 1;

    /// <summary>An expert has room for <c>factor · k · n ÷ E</c> of an example's n tokens; 0 for no bound.</summary>
    public double CapacityFactor { get; init; }

    /// <inheritdoc cref="Route.CapacityRounding"/>
    public CapacityRounding CapacityRounding { get; init; }

    /// <inheritdoc cref="Route.CapacityMultiple"/>
    public int CapacityMultiple { get; init; } = 1;

    /// <summary>Whose assignments are served first where places are few.</summary>
    public RoutePriority Priority { get; init; }

    /// <inheritdoc cref="Route.ExpertChoice"/>
    public bool ExpertChoice { get; init; }

    /// <inheritdoc cref="Route.Jitter"/>
    public double Jitter { get; init; } = 0.01;

    /// <inheritdoc cref="SparseTopK.Lambda"/>
    public double Lambda { get; init; } = 1;

    /// <inheritdoc cref="SparseTopK.P"/>
    public double P { get; init; } = 2;

    /// <inheritdoc cref="SparseTopK.Magnitude"/>
    public bool Magnitude { get; init; }

    /// <summary>Experts that a token has on average, none of its assignments dropped.</summary>
    public double ExpertsPerToken => ExpertChoice && CapacityFactor != 0 ? K * CapacityFactor : K;
}
