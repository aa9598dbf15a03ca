using System.Diagnostics;
using Spectre.Console;
using Tessera.Runtime;

namespace Tessera.Benchmarks.Scheduler;

/// <summary>
/// Many callers at once, some of whom give up or find the queue full. No answer may be lost, swapped or given twice: each is compared
/// with that of its image alone.
/// </summary>
internal sealed class SchedulerSoak(ModelSession session, int patchSize)
{
    private readonly Request[] _requests = Request.Draw(64, patchSize, seed: 99);
    private long _answered;
    private long _cancelled;
    private long _refused;

    public void Run(int callers, TimeSpan time)
    {
        float[][] alone = [.. _requests.Select(Alone)];
        using PackedScheduler scheduler = new(session, new PackedSchedulerOptions { TokenBudget = 1024, QueueLimit = callers / 2 });
        long start = Stopwatch.GetTimestamp();
        Task[] all = [.. Enumerable.Range(0, callers).Select(c => Task.Factory.StartNew(
            () => Call(scheduler, alone, new Random(c), () => Stopwatch.GetElapsedTime(start) < time).GetAwaiter().GetResult(), TaskCreationOptions.LongRunning))];
        Task.WaitAll(all);
        scheduler.Dispose();
        SchedulerStatistics s = scheduler.Statistics;
        if (s.Completed < _answered || s.Failed > 0 || s.Waiting > 0 || s.Rejected != _refused || s.Completed + s.Cancelled != _answered + _cancelled)
        {
            throw new InvalidOperationException($"{_answered} answered, {_cancelled} given up, {_refused} refused, and the scheduler says {s}.");
        }

        AnsiConsole.WriteLine($"{callers} callers, {time.TotalSeconds:0} s: {_answered} answers equal to the image alone, {_cancelled} given up, {_refused} refused by a full queue; {s.ExamplesPerBatch:0.0} images a batch.");
    }

    private async Task Call(PackedScheduler scheduler, float[][] alone, Random random, Func<bool> goesOn)
    {
        while (goesOn())
        {
            int i = random.Next(_requests.Length);
            using CancellationTokenSource source = new();
            try
            {
                Task<RunResult> task = scheduler.RunAsync(_requests[i].Inputs(patchSize), source.Token);
                if (random.Next(20) == 0)
                {
                    await source.CancelAsync().ConfigureAwait(false);
                }

                using RunResult result = await task.ConfigureAwait(false);
                if (!result.Span<float>("embedding").SequenceEqual(alone[i]))
                {
                    throw new InvalidOperationException($"image {i} of {_requests[i].Tokens} patches got another answer than alone.");
                }

                Interlocked.Increment(ref _answered);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref _cancelled);
            }
            catch (TesseraRuntimeException full) when (full.Code == "TSR0743")
            {
                Interlocked.Increment(ref _refused);
                await Task.Delay(1).ConfigureAwait(false);
            }
        }
    }

    private float[] Alone(Request request)
    {
        using RunResult result = session.Run(Request.Batch([request], patchSize).Pack().Inputs);
        return [.. result.Span<float>("embedding")];
    }
}
