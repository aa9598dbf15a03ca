using Xunit;
using static Tessera.Runtime.Tests.Scheduling.PackedSchedulerTests;

namespace Tessera.Runtime.Tests.Scheduling;

/// <summary>A room from which nothing is taken by itself: what a full one does with callers.</summary>
public sealed class WaitingRoomTests : IDisposable
{
    private static readonly PackedSchedulerOptions s_two = new() { TokenBudget = 100, QueueLimit = 2, WhenFull = QueueFullMode.Wait };
    private static readonly TimeSpan s_hung = TimeSpan.FromSeconds(60);

    private readonly ModelSession _session = ModelSession.FromBytes(PackedModels.Doubling());
    private readonly ManualTime _time = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Full_room_refuses_one_more_until_there_is_room()
    {
        var room = Room(s_two with { WhenFull = QueueFullMode.Reject });
        var (first, second, third) = (Make(), Make(), Make());
        Enter(room, first);
        Enter(room, second);
        Fails.With("TSR0743", () => room.Enter(third, default), "has 2 examples waiting");
        Assert.Equal((2, 0L, 1L), room.Counts);
        Assert.Equal([first, second], room.TakeBatch());
        Enter(room, third);
        Assert.Equal((1, 0L, 1L), room.Counts);
    }

    [Fact]
    public async Task Full_room_is_a_batch_before_any_of_it_is_due()
    {
        var room = Room(s_two);
        Enter(room, Make());
        var taken = Task.Run(room.TakeBatch);
        Enter(room, Make());
        Assert.Equal(2, (await taken.WaitAsync(s_hung))!.Count);
    }

    [Fact]
    public async Task Room_goes_to_those_who_came_first()
    {
        var room = Room(s_two with { QueueLimit = 1 });
        ScheduledExample[] examples = [.. Enumerable.Range(0, 6).Select(_ => Make())];
        Enter(room, examples[0]);
        var callers = examples[1..].Select(example => AtTheDoor(room, example)).ToArray();
        foreach (var example in examples)
            Assert.Equal(example, Assert.Single((await Task.Run(room.TakeBatch).WaitAsync(s_hung))!));
        Assert.All(await Task.WhenAll(callers), Assert.True);
    }

    [Fact]
    public async Task Flush_is_for_those_too_who_wait_for_room()
    {
        var room = Room(s_two);
        Enter(room, Make());
        Enter(room, Make());
        var third = Make();
        var caller = AtTheDoor(room, third);
        room.Flush();
        Assert.Equal(2, room.TakeBatch()!.Count);
        Assert.Equal(third, Assert.Single((await Task.Run(room.TakeBatch).WaitAsync(s_hung))!));
        Assert.True(await caller);
    }

    [Fact]
    public async Task Waiting_for_room_is_given_up_by_the_token()
    {
        var room = Room(s_two);
        Enter(room, Make());
        Enter(room, Make());
        using CancellationTokenSource source = new();
        var caller = AtTheDoor(room, Make(), source.Token);
        await source.CancelAsync();
        Assert.False(await caller.WaitAsync(s_hung));
        Assert.Equal((2, 1L, 0L), room.Counts);
    }

    [Fact]
    public async Task Waiting_for_room_ends_with_the_scheduler()
    {
        var room = Room(s_two);
        Enter(room, Make());
        Enter(room, Make());
        var caller = AtTheDoor(room, Make());
        room.Close();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => caller.WaitAsync(s_hung));
        Assert.Equal(2, room.TakeBatch()!.Count);
        Assert.Null(room.TakeBatch());
    }

    [Fact]
    public async Task Late_ones_make_room()
    {
        var room = Room(s_two with { WhenFull = QueueFullMode.Reject });
        ScheduledExample late = new(Example(1, 0), [1], CancellationToken.None) { Due = 5, Deadline = 10 };
        Enter(room, late);
        Enter(room, Make());
        _time.Set(11);
        Enter(room, Make());
        Assert.Equal("TSR0744", (await Assert.ThrowsAsync<TesseraRuntimeException>(() => late.Result)).Code);
        Assert.Equal((2, 1L, 0L), room.Counts);
    }

    private WaitingRoom Room(PackedSchedulerOptions options) => new(options, new(_session.Inputs, _session.Outputs), new(_time));

    // Due in a long time.
    private static ScheduledExample Make() => new(Example(1, 0), [1], CancellationToken.None) { Due = 1000 };

    private static void Enter(WaitingRoom room, ScheduledExample example) => Assert.True(room.Enter(example, default));

    // A caller that waits for room: asleep, as nothing else lets its thread sleep.
    private static Task<bool> AtTheDoor(WaitingRoom room, ScheduledExample example, CancellationToken token = default)
    {
        TaskCompletionSource<bool> entered = new();
        Thread caller = new(() =>
        {
            try
            {
                entered.SetResult(room.Enter(example, token));
            }
            catch (Exception error)
            {
                entered.SetException(error);
            }
        })
        { IsBackground = true };
        caller.Start();
        SpinWait.SpinUntil(() => caller.ThreadState.HasFlag(ThreadState.WaitSleepJoin), s_hung);
        return entered.Task;
    }
}
