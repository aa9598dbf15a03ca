namespace Tessera.Passes;

/// <summary>How a pipeline runs, apart from the options of its passes.</summary>
public sealed record PassOptions
{
#if DEBUG
    private const bool VerifyByDefault = true;
#else
    private const bool VerifyByDefault = false;
#endif

    /// <summary>Prints the graph after passes: <c>all</c>, <c>changed</c> (only where the pass changed it), or a pass's name.</summary>
    public string? PrintAfter { get; init; }

    /// <summary>Ends the pipeline after the pass of this name.</summary>
    public string? StopAfter { get; init; }

    /// <summary>Writes the time that each pass took.</summary>
    public bool TimePasses { get; init; }

    /// <summary>Verifies the graph after every pass.</summary>
    public bool Verify { get; init; } = VerifyByDefault;

    /// <summary>Keeps every rewritten region with its original, so that it can be replayed.</summary>
    public bool RecordRewrites { get; init; }

    /// <summary>Where <c>*.repro.ir</c> goes when a pass fails by its own fault; null writes none.</summary>
    public string? ReproDirectory { get; init; }

    /// <summary>Takes what <see cref="PrintAfter"/> and <see cref="TimePasses"/> write.</summary>
    public TextWriter Log { get; init; } = TextWriter.Null;
}
