namespace Navit;

/// <summary>What the command line asked for.</summary>
public sealed record MainJobOptions(
    IReadOnlyList<string> Images, string Preset, string? Weights, string? Labels, string? Save, int MaxTokens, int Budget);
