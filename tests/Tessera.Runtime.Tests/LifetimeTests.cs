using System.Runtime.CompilerServices;
using Xunit;

namespace Tessera.Runtime.Tests;

/// <summary>Threads, cancellation and disposal.</summary>
public sealed class LifetimeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Eight_threads_share_a_session()
    {
        using var session = ModelSession.FromBytes(Models.SumAndProduct(), new() { IntraOpThreads = 1 });
        var start = new Barrier(8);
        var threads = Enumerable.Range(0, 8).Select(thread => Task.Factory.StartNew(() => RunMany(session, thread, start), TaskCreationOptions.LongRunning));

        Assert.All(await Task.WhenAll(threads), Assert.True);
    }

    [Fact]
    public void Cancelled_token_stops_a_run_before_it_starts()
    {
        using var session = ModelSession.FromBytes(Models.CountingLoop());
        var cancelled = new CancellationToken(canceled: true);

        var failure = Assert.Throws<OperationCanceledException>(() => session.Run(Loop(long.MaxValue), cancelled));
        Assert.Equal(cancelled, failure.CancellationToken);
    }

    [Fact]
    public async Task Token_stops_a_run_under_way_inside_a_loop()
    {
        using var session = ModelSession.FromBytes(Models.CountingLoop());
        using var source = new CancellationTokenSource();
        // The loop has 2⁶³ − 1 trips: only the token can end it, whenever it comes.
        var run = Task.Factory.StartNew(() => session.Run(Loop(long.MaxValue), source.Token), TaskCreationOptions.LongRunning);
        source.CancelAfter(TimeSpan.FromMilliseconds(50));

        var failure = await Assert.ThrowsAsync<OperationCanceledException>(() => run.WaitAsync(Patience));
        Assert.Equal(source.Token, failure.CancellationToken);
        using var after = session.Run(Loop(3), CancellationToken.None);
        Assert.Equal([3L], after.Span<long>("y"));
    }

    [Fact]
    public void Token_that_is_not_cancelled_changes_nothing()
    {
        using var session = ModelSession.FromBytes(Models.CountingLoop());
        using var source = new CancellationTokenSource();
        using var result = session.Run(Loop(100), source.Token);
        source.Cancel();

        Assert.Equal([100L], result.Span<long>("y"));
    }

    [Fact]
    public void Failure_of_the_model_is_not_taken_for_cancellation()
    {
        using var session = ModelSession.FromBytes(Models.Gather());
        using var source = new CancellationTokenSource();

        Fails.With("TSR0723", () => session.Run([TensorInput.From("x", [1f], 1), TensorInput.From("index", [9L], 1)], source.Token));
    }

    [Fact]
    public void Disposed_session_refuses_to_run()
    {
        var session = ModelSession.FromBytes(Models.CountingLoop());
        session.Dispose();
        session.Dispose();

        Assert.Throws<ObjectDisposedException>(() => session.Run(Loop(1), CancellationToken.None));
        Assert.Equal(2, session.Inputs.Count);
    }

    [Fact]
    public async Task Disposing_under_a_run_lets_it_finish_and_refuses_the_next()
    {
        var session = ModelSession.FromBytes(Models.CountingLoop());
        using var source = new CancellationTokenSource();
        using var entered = new ManualResetEventSlim();
        var run = Task.Factory.StartNew(
            () =>
            {
                entered.Set();
                return session.Run(Loop(long.MaxValue), source.Token);
            },
            TaskCreationOptions.LongRunning);
        entered.Wait(Patience);
        session.Dispose();
        source.Cancel();

        // The run was either under way, and is cancelled, or came too late: never a crash, never a result.
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => run.WaitAsync(Patience));
        Assert.True(failure is OperationCanceledException or ObjectDisposedException, failure.ToString());
        Assert.Throws<ObjectDisposedException>(() => session.Run(Loop(1), CancellationToken.None));
    }

    [Fact]
    public void Gate_releases_once_when_the_last_run_ends()
    {
        var released = 0;
        var gate = new RunGate(this, () => released++);
        using (gate.Enter())
        {
            using (gate.Enter())
            {
                gate.Close();
                gate.Close();
            }
            Assert.Equal(0, released);
            Assert.Throws<ObjectDisposedException>(() => gate.Enter());
        }
        Assert.Equal(1, released);
    }

    [Fact]
    public void Disposed_result_refuses_to_be_read()
    {
        using var session = ModelSession.FromBytes(Models.CountingLoop());
        var result = session.Run(Loop(1), CancellationToken.None);
        var output = result["y"];
        result.Dispose();
        result.Dispose();

        Assert.Throws<ObjectDisposedException>(() => output.AsSpan<long>());
        Assert.Throws<ObjectDisposedException>(() => output.ToStrings());
        Assert.Throws<ObjectDisposedException>(() => output.Value);
    }

    [Fact]
    public void Result_outlives_its_session()
    {
        var session = ModelSession.FromBytes(Models.CountingLoop());
        using var result = session.Run(Loop(4), CancellationToken.None);
        session.Dispose();

        Assert.Equal([4L], result.Span<long>("y"));
    }

    [Fact]
    public void Run_leaves_no_array_pinned_or_held()
    {
        using var session = ModelSession.FromBytes(Models.SumAndProduct());
        var (input, output) = RunAndForget(session);
        // Tests beside this one may hold a collection up; one of several gets through.
        for (var attempt = 0; attempt < 10 && (input.IsAlive || output.IsAlive); attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(input.IsAlive);
        Assert.False(output.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Input, WeakReference Output) RunAndForget(ModelSession session)
    {
        var data = new float[4000];
        var sum = new float[4000];
        using var result = session.Run([TensorInput.From("a", data, 1000, 4), TensorInput.From("b", data, 1000, 4)], [OutputBuffer.Into("sum", sum, 1000, 4)]);
        return (new(data), new(sum));
    }

    private static TensorInput[] Loop(long trips) => [TensorInput.Scalar("trips", trips), TensorInput.Scalar("x", 0L)];

    private static bool RunMany(ModelSession session, int thread, Barrier start)
    {
        start.SignalAndWait(Patience);
        var right = true;
        for (var round = 0; round < 50; round++)
        {
            var rows = 1 + (thread + round) % 7;
            var a = Enumerable.Repeat((float)thread, 4 * rows).ToArray();
            var b = Enumerable.Repeat((float)round, 4 * rows).ToArray();
            using var result = session.Run(TensorInput.From("a", a, rows, 4), TensorInput.From("b", b, rows, 4));
            right &= result.Span<float>("sum").Length == 4 * rows && !result.Span<float>("sum").ContainsAnyExcept((float)(thread + round));
        }
        return right;
    }
}
