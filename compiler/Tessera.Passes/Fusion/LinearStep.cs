using Tessera.Ir;

namespace Tessera.Passes.Fusion;

/// <summary>
/// One step of linear attention, as the body of a Scan spells it: which slices are its operands (positions among the body's
/// parameters, −1 for none), and how its result is made.
/// </summary>
internal sealed record LinearStep
{
    public required int K { get; init; }

    public required int V { get; init; }

    public int Q { get; init; } = -1;

    public int Decay { get; init; } = -1;

    public int Beta { get; init; } = -1;

    /// <summary>Numbers of the decay for a key head: 1, or one for each of its features.</summary>
    public Dim DecayWidth { get; init; } = Dim.One;

    /// <summary>Whether beta has a number for each key head, not one for all.</summary>
    public bool BetaByHead { get; init; }

    /// <summary>Query heads to a key head.</summary>
    public long Group { get; init; } = 1;

    /// <summary>Factor on what is read.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>What the rule of update is called.</summary>
    public string UpdateRule => (Decay >= 0, Beta >= 0) switch
    {
        (false, false) => "linear",
        (true, false) => "gated",
        (false, true) => "delta",
        _ => "gated_delta",
    };
}
