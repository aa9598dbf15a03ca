using Xunit;
using static Tessera.Runtime.Tests.Scheduling.PackedSchedulerTests;

namespace Tessera.Runtime.Tests.Scheduling;

/// <summary>Full queues, callers that give up, and time that passes.</summary>
public sealed class SchedulerQueueTests : IDisposable
{
    private static readonly PackedSchedulerOptions s_patient = new() { TokenBudget = 100, MaxDelay = TimeSpan.FromSeconds(1000), QueueLimit = 9 };

    private readonly ModelSession _session = ModelSession.FromBytes(PackedModels.Doubling());
    private readonly ManualTime _time = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Full_queue_starts_a_run()
    {
        await using PackedScheduler scheduler = new(_session, s_patient with { QueueLimit = 2 }, _time);
        // Nobody is due for a long time, and no budget is reached.
        await Task.WhenAll(scheduler.RunAsync(Example(1, 0)), scheduler.RunAsync(Example(1, 1)));
        Assert.Equal((1L, 2L), (scheduler.Statistics.Batches, scheduler.Statistics.Ran));
    }

    [Fact]
    public async Task Callers_may_wait_for_room()
    {
        await using PackedScheduler scheduler = new(_session, s_patient with { WhenFull = QueueFullMode.Wait, QueueLimit = 2 }, _time);
        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => scheduler.RunAsync(Example(1, i)))));
        Assert.Equal(Enumerable.Range(0, 40).Select(static i => 2f * i), results.Select(static r => r["y"].ToArray<float>()[0]));
        Assert.Equal(0, scheduler.Statistics.Rejected);
    }

    [Fact]
    public async Task Example_given_up_leaves_the_queue_and_the_others_run()
    {
        await using PackedScheduler scheduler = new(_session, s_patient, _time);
        using CancellationTokenSource source = new();
        var abandoned = scheduler.RunAsync(Example(1, 0), source.Token);
        var other = scheduler.RunAsync(Example(1, 1));
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        Assert.Equal((1, 1L), (scheduler.Statistics.Waiting, scheduler.Statistics.Cancelled));
        scheduler.Flush();
        Holds(await other, 2f, 4);
        Assert.Equal(1, scheduler.Statistics.Tokens);
        Assert.True(scheduler.RunAsync(Example(1, 0), source.Token).IsCanceled);
    }

    [Fact]
    public async Task Example_whose_deadline_passed_is_not_run()
    {
        await using PackedScheduler scheduler = new(_session, s_patient, _time);
        var hurried = scheduler.RunAsync(Example(1, 0), TimeSpan.FromSeconds(10));
        _time.Set(11);
        var other = scheduler.RunAsync(Example(1, 1));
        Assert.Equal("TSR0744", (await Assert.ThrowsAsync<TesseraRuntimeException>(() => hurried)).Code);
        Assert.False(other.IsCompleted);
        scheduler.Flush();
        await other;
        Assert.Equal((1L, 1L), (scheduler.Statistics.Completed, scheduler.Statistics.Cancelled));
    }

    [Fact]
    public async Task Half_of_its_time_an_example_waits_for_others()
    {
        await using PackedScheduler scheduler = new(_session, s_patient, _time);
        var patient = scheduler.RunAsync(Example(1, 0));
        var hurried = scheduler.RunAsync(Example(1, 1), TimeSpan.FromSeconds(10));
        _time.Set(5);
        // Any call wakes the scheduler; the hurried one is due, and the one that could wait goes along.
        var woken = scheduler.RunAsync(Example(1, 2));
        await Task.WhenAll(patient, hurried);
        scheduler.Flush();
        await woken;
        Assert.InRange(scheduler.Statistics.Batches, 1, 2);
    }

    [Fact]
    public async Task Those_due_first_stand_in_front()
    {
        await using PackedScheduler scheduler = new(_session, s_patient with { TokenBudget = 4 }, _time);
        var late = scheduler.RunAsync(Example(3, 0));
        var soon = scheduler.RunAsync(Example(2, 1), TimeSpan.FromSeconds(100));
        // Together too many: the batch is the one that is due first, and what fits beside it.
        await soon;
        Assert.Equal((1L, 2L, 1), (scheduler.Statistics.Batches, scheduler.Statistics.Tokens, scheduler.Statistics.Waiting));
        scheduler.Flush();
        await late;
    }

    [Fact]
    public async Task Deadline_is_more_than_nothing()
    {
        await using PackedScheduler scheduler = new(_session, s_patient, _time);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => scheduler.RunAsync(Example(1, 0), TimeSpan.FromSeconds(-3)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => scheduler.RunAsync(Example(1, 0), TimeSpan.Zero));
    }
}
