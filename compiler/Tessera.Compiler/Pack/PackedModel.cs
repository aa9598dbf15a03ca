using Tessera.Passes.Packing;

namespace Tessera.Compiler.Pack;

/// <summary>A model that was padded and is packed.</summary>
/// <param name="Model">The packed model.</param>
/// <param name="Unpadded">What it was made of: one example, without padding.</param>
public sealed record PackedModel(CompiledModel Model, UnpaddedGraph Unpadded)
{
    /// <summary>What was compared with the original, and how close it was.</summary>
    public IReadOnlyList<PackCheck> Checks { get; init; } = [];

    /// <summary>What could not be compared, and why: a model that takes only one length shows nothing of padding.</summary>
    public IReadOnlyList<string> Untested { get; init; } = [];
}
