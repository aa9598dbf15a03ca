namespace Tessera.Runtime;

/// <summary>How a <see cref="PackedScheduler"/> puts examples together.</summary>
public sealed record PackedSchedulerOptions
{
    /// <summary>The most tokens that a batch may have, of each ragged symbol by itself. An example with more is refused.</summary>
    public int TokenBudget { get; init; } = 4096;

    /// <summary>The most examples that a batch may have.</summary>
    public int MaxExamples { get; init; } = 256;

    /// <summary>
    /// How long an example may wait for others when nothing runs. Examples that come while a batch runs gather in any case, so the
    /// default, no time at all, gives the lowest latency and still fills batches under load.
    /// </summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.Zero;

    /// <summary>The most examples that may wait. A full queue starts a run, whatever <see cref="MaxDelay"/> is: less than a batch makes batches smaller.</summary>
    public int QueueLimit { get; init; } = 1024;

    /// <summary>What becomes of one more.</summary>
    public QueueFullMode WhenFull { get; init; } = QueueFullMode.Reject;

    /// <summary>Batches run at the same time. One is right on a CPU, whose session uses all of its threads for each operator.</summary>
    public int ParallelRuns { get; init; } = 1;

    /// <exception cref="TesseraRuntimeException">TSR0705: a value out of range.</exception>
    internal void Check()
    {
        AtLeastOne(nameof(TokenBudget), TokenBudget);
        AtLeastOne(nameof(MaxExamples), MaxExamples);
        AtLeastOne(nameof(QueueLimit), QueueLimit);
        AtLeastOne(nameof(ParallelRuns), ParallelRuns);
        if (MaxDelay < TimeSpan.Zero)
            throw RuntimeErrors.BadOption(nameof(MaxDelay), MaxDelay, "0 or more");
        if (!Enum.IsDefined(WhenFull))
            throw RuntimeErrors.BadOption(nameof(WhenFull), WhenFull, "Reject or Wait");
    }

    private static void AtLeastOne(string name, int value)
    {
        if (value < 1)
            throw RuntimeErrors.BadOption(name, value, "1 or more");
    }
}
