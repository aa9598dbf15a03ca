using Tessera.Ir;

namespace Tessera.Passes.Unbatching;

/// <summary>The model of one example, and where examples lay in the batched one.</summary>
/// <param name="Graph">The model of one example.</param>
/// <param name="InputAxes">Axis of the examples in each input.</param>
/// <param name="OutputAxes">Axis of the examples in each output.</param>
public sealed record UnbatchedGraph(Graph Graph, IReadOnlyList<int> InputAxes, IReadOnlyList<int> OutputAxes)
{
    /// <summary>The model of a batch that it was made of, its types inferred under what its sizes must be.</summary>
    public required Graph Whole { get; init; }

    /// <summary>The values of the batched model that are each example's own, in order.</summary>
    public required IReadOnlyList<UnbatchedValue> Values { get; init; }
}
