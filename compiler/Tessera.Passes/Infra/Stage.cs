namespace Tessera.Passes;

/// <summary>A pass in a pipeline, and what must have run before it.</summary>
public sealed record Stage(IPass Pass)
{
    /// <summary>Names of passes that this one relies on; each must stand earlier in every pipeline that holds this stage.</summary>
    public IReadOnlyList<string> After { get; init; } = [];
}
