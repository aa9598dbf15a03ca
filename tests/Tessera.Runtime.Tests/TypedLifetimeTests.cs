using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit;

namespace Tessera.Runtime.Tests;

/// <summary>Typed sessions that are disposed before, under and between runs: a run ends well, or says that its session is disposed.</summary>
public sealed class TypedLifetimeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Disposed_session_refuses_every_way_to_run()
    {
        var session = new SumSession(Saved(Models.SumAndProduct()));
        float[] data = [1, 2, 3, 4];
        session.Dispose();
        session.Dispose();

        Assert.Throws<ObjectDisposedException>(() => session.Run(data, data));
        Assert.Throws<ObjectDisposedException>(() => session.Run(new DenseTensor<float>(data, [1, 4]), SessionInput.Of(data, 1, 4)));
        Assert.Throws<ObjectDisposedException>(() => session.RunInto(data, data, new float[4]));
        Assert.Throws<ObjectDisposedException>(() => session.Session.Run());
        Assert.Contains("sum", session.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Results_outlive_their_session()
    {
        var session = new SumSession(Saved(Models.SumAndProduct()));
        var into = new float[4];
        using var result = session.Run(new float[] { 1, 2, 3, 4 }, new float[] { 1, 1, 1, 1 });
        using var bound = session.RunInto(new float[] { 1, 2, 3, 4 }, new float[] { 2, 2, 2, 2 }, into);
        session.Dispose();

        Assert.Equal([2f, 3, 4, 5], result.Span<float>("sum"));
        Assert.Equal([3f, 4, 5, 6], bound.Span<float>("sum"));
        Assert.Equal([3f, 4, 5, 6], into);
    }

    [Fact]
    public async Task Disposing_under_a_run_lets_it_finish()
    {
        var session = new LoopSession(Saved(Models.CountingLoop()));
        using var source = new CancellationTokenSource();
        using var entered = new ManualResetEventSlim();
        var run = Task.Factory.StartNew(() => session.Run(long.MaxValue, entered.Set, source.Token), TaskCreationOptions.LongRunning);
        Assert.True(entered.Wait(Patience));
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Run(1, static () => { }, default));
        source.Cancel();

        // It has more trips than anybody waits for: it was under way and is cancelled, or came too late.
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => run.WaitAsync(Patience));
        Assert.True(failure is OperationCanceledException or ObjectDisposedException, failure.ToString());
    }

    [Fact]
    public async Task While_two_threads_run_a_third_may_dispose()
    {
        var path = Saved(Models.SumAndProduct());
        for (var round = 0; round < 40; round++)
        {
            var session = new SumSession(path, new ModelSessionOptions { IntraOpThreads = 1 });
            using var running = new CountdownEvent(2);
            Task<bool>[] threads = [.. Enumerable.Range(0, 2).Select(thread => Task.Factory.StartNew(() => RunUntilDisposed(session, thread, running), TaskCreationOptions.LongRunning))];
            var disposing = Task.Factory.StartNew(
                () =>
                {
                    Assert.True(running.Wait(Patience));
                    session.Dispose();
                },
                TaskCreationOptions.LongRunning);

            await disposing.WaitAsync(Patience);
            Assert.All(await Task.WhenAll(threads).WaitAsync(Patience), Assert.True);
        }
    }

    [Fact]
    public async Task Threads_that_dispose_at_once_dispose_once()
    {
        var session = new SumSession(Saved(Models.SumAndProduct()));
        using var start = new Barrier(4);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () =>
            {
                Assert.True(start.SignalAndWait(Patience));
                session.Dispose();
            },
            TaskCreationOptions.LongRunning))).WaitAsync(Patience);

        Assert.Throws<ObjectDisposedException>(() => session.Run(new float[4], new float[4]));
    }

    // Every run that begins is right, some into a buffer of the caller's; what ends them is that the session is disposed.
    private static bool RunUntilDisposed(SumSession session, int thread, CountdownEvent running)
    {
        var right = true;
        var into = new float[4];
        for (var round = 0; ; round++)
        {
            try
            {
                float[] a = [thread, round, 1, 2];
                using var result = round % 2 == 0 ? session.Run(a, a) : session.RunInto(a, a, into);
                right &= result.Span<float>("sum").SequenceEqual([2f * thread, 2f * round, 2, 4]);
            }
            catch (ObjectDisposedException)
            {
                return right && round > 0;
            }

            if (round == 0)
                running.Signal();
        }
    }

    private string Saved(byte[] model) => _folder.Write($"{Guid.NewGuid():N}.onnx", model);

    private sealed class SumSession(string path, ModelSessionOptions? options = null) : TypedSession(
        path, new([SessionTensor.Of<float>("a", 2), SessionTensor.Of<float>("b", 2)], [SessionTensor.Of<float>("sum", 2), SessionTensor.Of<float>("product", null)]), options)
    {
        public RunResult Run(SessionInput<float> a, SessionInput<float> b) => Run([a.As("a"), b.As("b")], [], default);

        public RunResult RunInto(SessionInput<float> a, SessionInput<float> b, SessionBuffer<float> sum) => Run([a.As("a"), b.As("b")], [sum.For("sum")], default);
    }

    private sealed class LoopSession(string path) : TypedSession(path, new([SessionTensor.Of<long>("trips", 0), SessionTensor.Of<long>("x", 0)], [SessionTensor.Of<long>("y", 0)]), null)
    {
        public RunResult Run(long trips, Action entering, CancellationToken cancellation)
        {
            SessionInput<long> count = SessionInput.Scalar(trips);
            SessionInput<long> first = SessionInput.Scalar(0L);
            entering();
            return Run([count.As("trips"), first.As("x")], [], cancellation);
        }
    }
}
