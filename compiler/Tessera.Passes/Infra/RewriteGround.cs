using Tessera.Ir;

namespace Tessera.Passes;

/// <summary>What a rewrite relies on beside the ops that it replaces: what a replay of it must keep.</summary>
public sealed record RewriteGround
{
    /// <summary>Nothing else.</summary>
    public static RewriteGround None { get; } = new();

    /// <summary>Paths of weights whose bytes it relies on: they are not replaced when it is replayed.</summary>
    public IReadOnlyList<string> Weights { get; init; } = [];

    /// <summary>Values that it relies on being made as they are: they are made again when it is replayed.</summary>
    public IReadOnlyList<Value> Made { get; init; } = [];

    /// <summary>Whether it holds only where the original is finite: what is not may come from values that the replacement does not compute.</summary>
    public bool WhereFinite { get; init; }

    /// <summary>Whether it holds only where there is no NaN among what is put in order.</summary>
    public bool WhereOrdered { get; init; }
}
