using Tessera.Ir;

namespace Tessera.Passes.Unbatching;

/// <summary>The model of one example, and where examples lay in the batched one.</summary>
/// <param name="Graph">The model of one example.</param>
/// <param name="InputAxes">Axis of the examples in each input.</param>
/// <param name="OutputAxes">Axis of the examples in each output.</param>
public sealed record UnbatchedGraph(Graph Graph, IReadOnlyList<int> InputAxes, IReadOnlyList<int> OutputAxes);
