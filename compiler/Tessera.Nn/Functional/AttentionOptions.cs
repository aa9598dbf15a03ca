namespace Tessera.Nn;

/// <summary>Which keys a query sees and how logits are formed.</summary>
public sealed record AttentionOptions
{
    public static AttentionOptions Default { get; } = new();

    /// <summary>Factor on the dot products; null for 1/√D.</summary>
    public double? Scale { get; init; }

    /// <summary>A query sees keys up to its own position.</summary>
    public bool Causal { get; init; }

    /// <summary>How far back a query sees; −1 for no bound.</summary>
    public int WindowLeft { get; init; } = -1;

    /// <summary>How far ahead a query sees; −1 for no bound.</summary>
    public int WindowRight { get; init; } = -1;

    /// <summary>Bounds logits to (−c, c) by <c>c · tanh(s / c)</c>; 0 leaves them.</summary>
    public double Softcap { get; init; }
}
