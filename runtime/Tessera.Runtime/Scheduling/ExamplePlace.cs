namespace Tessera.Runtime;

/// <summary>Where examples lie in one input or output.</summary>
/// <param name="Spec">What the model declares of it.</param>
/// <param name="Symbol">What its first axis counts: tokens of this symbol, or of a function of one; null for one row an example.</param>
internal sealed record ExamplePlace(TensorSpec Spec, string? Symbol)
{
    /// <summary>The output that holds its offsets, where these are not those of an input.</summary>
    public string? Offsets { get; init; }
}
