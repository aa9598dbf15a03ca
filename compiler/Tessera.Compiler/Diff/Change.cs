namespace Tessera.Compiler.Diff;

/// <summary>Something that is one way in the first model and another in the second.</summary>
/// <param name="What">What it is.</param>
/// <param name="First">How it is in the first; null where it is not there.</param>
/// <param name="Second">How it is in the second; null where it is not there.</param>
public sealed record Change(string What, string? First, string? Second)
{
    public override string ToString() => $"{What}: {First ?? "(none)"} → {Second ?? "(none)"}";
}
