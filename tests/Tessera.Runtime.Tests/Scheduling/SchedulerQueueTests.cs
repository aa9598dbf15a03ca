using Xunit;
using static Tessera.Runtime.Tests.Scheduling.PackedSchedulerTests;

namespace Tessera.Runtime.Tests.Scheduling;

/// <summary>Full queues, callers that give up, and time that passes.</summary>
public sealed class SchedulerQueueTests : IDisposable
{
    private static readonly PackedSchedulerOptions s_patient = new() { TokenBudget = 100, MaxDelay = TimeSpan.FromSeconds(1000), QueueLimit = 2 };

    private readonly ModelSession _session = ModelSession.FromBytes(PackedModels.Doubling());
    private readonly ManualTime _time = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Full_queue_refuses_one_more_until_there_is_room()
    {
        await using PackedScheduler scheduler = new(_session, s_patient, _time);
        var waiting = new[] { scheduler.RunAsync(Example(1, 0)), scheduler.RunAsync(Example(1, 1)) };
        Fails.With("TSR0743", () => scheduler.RunAsync(Example(1, 2)), "has 2 examples waiting");
        scheduler.Flush();
        await Task.WhenAll(waiting);
        var later = scheduler.RunAsync(Example(1, 3));
        scheduler.Flush();
        Holds(await later, 6f, 8);
        Assert.Equal(1, scheduler.Statistics.Rejected);
    }

    [Fact]
    public async Task Callers_may_wait_for_room()
    {
        await using PackedScheduler scheduler = new(_session, s_patient with { WhenFull = QueueFullMode.Wait, TokenBudget = 2 }, _time);
        // Each two fill a batch, so that the queue empties by itself.
        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => scheduler.RunAsync(Example(1, i)))));
        Assert.Equal(Enumerable.Range(0, 40).Select(static i => 2f * i), results.Select(static r => r["y"].ToArray<float>()[0]));
        Assert.Equal(0, scheduler.Statistics.Rejected);
    }

    [Fact]
    public async Task Waiting_for_room_is_given_up_by_the_token()
    {
        await using PackedScheduler scheduler = new(_session, s_patient with { WhenFull = QueueFullMode.Wait }, _time);
        var waiting = new[] { scheduler.RunAsync(Example(1, 0)), scheduler.RunAsync(Example(1, 1)) };
        using CancellationTokenSource source = new();
        var third = Task.Factory.StartNew(() => scheduler.RunAsync(Example(1, 2), source.Token), TaskCreationOptions.LongRunning).Unwrap();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        scheduler.Flush();
        await Task.WhenAll(waiting);
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
        await using PackedScheduler scheduler = new(_session, s_patient with { QueueLimit = 9 }, _time);
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
        await using PackedScheduler scheduler = new(_session, s_patient with { TokenBudget = 4, QueueLimit = 9 }, _time);
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
