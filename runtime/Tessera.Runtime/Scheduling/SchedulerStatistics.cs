namespace Tessera.Runtime;

/// <summary>What a <see cref="PackedScheduler"/> has done so far.</summary>
/// <param name="Completed">Examples that got their results.</param>
/// <param name="Failed">Examples whose run failed.</param>
/// <param name="Cancelled">Examples that their callers gave up, or whose deadline passed before they ran.</param>
/// <param name="Rejected">Examples that found the queue full.</param>
/// <param name="Batches">Runs of the model that succeeded.</param>
/// <param name="Ran">Examples in them.</param>
/// <param name="Tokens">Tokens of all runs, of all ragged symbols together.</param>
/// <param name="Waiting">Examples that wait now.</param>
public sealed record SchedulerStatistics(long Completed, long Failed, long Cancelled, long Rejected, long Batches, long Ran, long Tokens, int Waiting)
{
    /// <summary>Examples of a run, on average; 0 before the first.</summary>
    public double ExamplesPerBatch => Batches == 0 ? 0 : Ran / (double)Batches;
}
