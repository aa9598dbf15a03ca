using Tessera.Ir;
using Tessera.Passes.Unbatching;

namespace Tessera.Passes.Packing;

/// <summary>A padded model as that of one example without padding.</summary>
/// <param name="Graph">One example, its masks gone, ready to be batched.</param>
/// <param name="Batched">What it was made of: where examples lay.</param>
/// <param name="MaskForms">For each mask that was asked for, what it says.</param>
public sealed record UnpaddedGraph(Graph Graph, UnbatchedGraph Batched, IReadOnlyDictionary<string, MaskForm> MaskForms);
