using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace Tessera.Runtime.Tests.Scheduling;

/// <summary>Each caller gets its own results, whatever else is in the batch and whatever becomes of it.</summary>
public sealed class PackedSchedulerTests
{
    // Nothing runs by itself: a batch that is full does, or one that is flushed.
    private static readonly PackedSchedulerOptions s_patient = new() { TokenBudget = 10, MaxDelay = TimeSpan.FromDays(10) };

    [Fact]
    public async Task Each_of_many_threads_gets_its_own_results()
    {
        using var session = ModelSession.FromBytes(PackedModels.Doubling());
        await using var scheduler = new PackedScheduler(session, new() { TokenBudget = 64, WhenFull = QueueFullMode.Wait, QueueLimit = 20 });
        await Task.WhenAll(Enumerable.Range(0, 32).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 25; i++)
            {
                var (n, seed) = ((thread + i) % 7, (thread * 1000) + i);
                using var result = scheduler.Run(Example(n, seed));
                Assert.Equal([n, 2L], result["y"].Dims.ToArray());
                Assert.Equal(Enumerable.Range(0, 2 * n).Select(k => 2f * (seed + k)), result["y"].ToArray<float>());
                Assert.Equal([3L], result["z"].Dims.ToArray());
                Assert.Equal([-seed, -seed - 1f, -seed - 2f], result["z"].ToArray<float>());
            }
        })));
        Assert.Equal((800, 0, 0, 0), (scheduler.Statistics.Completed, scheduler.Statistics.Failed, scheduler.Statistics.Cancelled, scheduler.Statistics.Waiting));
        Assert.InRange(scheduler.Statistics.Batches, 1, 800);
    }

    [Fact]
    public async Task Batch_runs_once_its_budget_is_filled()
    {
        using var session = ModelSession.FromBytes(PackedModels.Doubling());
        await using var scheduler = new PackedScheduler(session, s_patient);
        var first = scheduler.RunAsync(Example(4, 1));
        var second = scheduler.RunAsync(Example(4, 2));
        Assert.Equal((0, 2), (scheduler.Statistics.Batches, scheduler.Statistics.Waiting));
        await Task.WhenAll(first, second, scheduler.RunAsync(Example(2, 3)));
        Assert.Equal((1, 10, 3.0), (scheduler.Statistics.Batches, scheduler.Statistics.Tokens, scheduler.Statistics.ExamplesPerBatch));
    }

    [Fact]
    public void Small_ones_go_along_where_a_large_one_has_no_room()
    {
        using var session = ModelSession.FromBytes(PackedModels.Doubling());
        ExampleQueue queue = new(s_patient, new(session.Inputs, session.Outputs));
        foreach (var n in new[] { 7, 8, 3 })
        {
            ScheduledExample example = new(Example(n, 0), [n], CancellationToken.None);
            queue.Number(example);
            queue.Add(example);
        }
        Assert.True(queue.FillsABatch);
        Assert.Equal([7, 3], queue.TakeBatch().Select(static example => example.Lengths[0]));
        Assert.False(queue.FillsABatch);
        Assert.Equal(8, Assert.Single(queue.TakeBatch()).Lengths[0]);
    }

    [Fact]
    public async Task So_many_examples_and_no_more_make_a_batch()
    {
        using var session = ModelSession.FromBytes(PackedModels.Doubling());
        await using var scheduler = new PackedScheduler(session, s_patient with { MaxExamples = 2 });
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => scheduler.RunAsync(Example(0, i))));
        Assert.Equal(2, scheduler.Statistics.Batches);
        Assert.All(all, static result => Assert.Equal([0L, 2], result["y"].Dims.ToArray()));
    }

    [Fact]
    public async Task What_waits_is_run_before_the_end()
    {
        using var session = ModelSession.FromBytes(PackedModels.Doubling());
        var scheduler = new PackedScheduler(session, s_patient);
        var waiting = scheduler.RunAsync(Example(1, 5));
        await scheduler.DisposeAsync();
        Assert.True(waiting.IsCompleted);
        Holds(await waiting, 10, 12);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => scheduler.RunAsync(Example(1, 5)));
        scheduler.Dispose();
    }

    [Fact]
    public async Task Example_that_fails_takes_no_other_with_it()
    {
        using var session = ModelSession.FromBytes(PackedModels.Lookup());
        await using var scheduler = new PackedScheduler(session, s_patient);
        long[][] ids = [[0, 1], [3], [7], [2, 2], [1]];
        var all = ids.Select(own => scheduler.RunAsync([TensorInput.From("ids", own, own.Length)])).ToArray();
        scheduler.Flush();
        Assert.Equal("TSR0723", (await Assert.ThrowsAsync<TesseraRuntimeException>(() => all[2])).Code);
        foreach (var i in new[] { 0, 1, 3, 4 })
            Assert.Equal(ids[i].Select(static id => 10f + id), Floats(await all[i]));
        Assert.Equal((4, 1), (scheduler.Statistics.Completed, scheduler.Statistics.Failed));
    }

    [Fact]
    public async Task Result_with_offsets_of_its_own_is_cut_by_these()
    {
        using var session = ModelSession.FromBytes(PackedModels.OwnOffsets());
        await using var scheduler = new PackedScheduler(session, s_patient);
        var first = scheduler.RunAsync([TensorInput.From("x", [1f, 2], 2, 1)]);
        var second = scheduler.RunAsync([TensorInput.From("x", [3f], 1, 1)]);
        scheduler.Flush();
        Holds(await first, 1f, 1, 2, 2);
        Assert.Equal(2, Dims(await second)[0]);
        Assert.Equal("y", Assert.Single(await second).Name);
    }

    [Fact]
    public async Task Values_of_the_runtime_are_not_needed_any_more()
    {
        using var session = ModelSession.FromBytes(PackedModels.Doubling());
        await using var scheduler = new PackedScheduler(session, s_patient);
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, [1, 2]);
        value.GetTensorMutableDataAsSpan<float>().Fill(4);
        var task = scheduler.RunAsync([TensorInput.FromOrtValue("x", value), TensorInput.From("row", new float[3], 3)]);
        value.Dispose();
        scheduler.Flush();
        Holds(await task, 8f, 8);
    }

    [Fact]
    public async Task Examples_whose_other_sizes_differ_run_apart()
    {
        using var session = ModelSession.FromBytes(PackedModels.Widths());
        await using var scheduler = new PackedScheduler(session, s_patient);
        var wide = scheduler.RunAsync([TensorInput.From("x", [1f, 2, 3, 4], 1, 4)]);
        var narrow = scheduler.RunAsync([TensorInput.From("x", [5f, 6, 7, 8], 2, 2)]);
        var another = scheduler.RunAsync([TensorInput.From("x", [9f, 9, 9, 9], 1, 4)]);
        scheduler.Flush();
        Holds(await wide, 2, 4, 6, 8);
        Holds(await narrow, 10, 12, 14, 16);
        Holds(await another, 18, 18, 18, 18);
        Assert.Equal((2L, 3L), (scheduler.Statistics.Batches, scheduler.Statistics.Ran));
    }

    [Fact]
    public async Task Offsets_of_other_examples_are_refused()
    {
        using var session = ModelSession.FromBytes(PackedModels.TooManyOffsets());
        await using var scheduler = new PackedScheduler(session, s_patient);
        var task = scheduler.RunAsync([TensorInput.From("x", [1f, 2], 2, 1)]);
        scheduler.Flush();
        Assert.Equal("TSR0736", (await Assert.ThrowsAsync<TesseraRuntimeException>(() => task)).Code);
    }

    [Fact]
    public async Task Memory_of_an_example_is_free_at_once()
    {
        using var session = ModelSession.FromBytes(PackedModels.Doubling());
        await using var scheduler = new PackedScheduler(session, s_patient);
        float[] x = [1, 2];
        var task = scheduler.RunAsync([TensorInput.From("x", x, 1, 2), TensorInput.From("row", new float[3], 3)]);
        x.AsSpan().Clear();
        scheduler.Flush();
        Holds(await task, 2, 4);
    }

    [Fact]
    public async Task Session_that_is_gone_is_told_to_each()
    {
        var session = ModelSession.FromBytes(PackedModels.Doubling());
        await using var scheduler = new PackedScheduler(session, s_patient);
        var all = Enumerable.Range(0, 3).Select(i => scheduler.RunAsync(Example(1, i))).ToArray();
        session.Dispose();
        scheduler.Flush();
        foreach (var task in all)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => task);
        Assert.Equal(3, scheduler.Statistics.Failed);
    }

    [Fact]
    public void Example_is_checked_before_it_waits()
    {
        using var session = ModelSession.FromBytes(PackedModels.Doubling());
        using var scheduler = new PackedScheduler(session, s_patient);
        var row = TensorInput.From("row", new float[3], 3);
        Fails.With("TSR0733", () => scheduler.RunAsync(Example(11, 0)), "has 11 tokens, the budget is 10");
        Fails.With("TSR0710", () => scheduler.RunAsync([row]), "'x'");
        Fails.With("TSR0711", () => scheduler.RunAsync([row, TensorInput.From("x", new float[2], 1, 2), TensorInput.From("w", new float[2], 2)]), "'w'");
        Fails.With("TSR0713", () => scheduler.RunAsync([row, TensorInput.From("x", new double[2], 1, 2)]), "f64");
        Fails.With("TSR0714", () => scheduler.RunAsync([TensorInput.From("row", new float[3], 1, 3), TensorInput.From("x", new float[2], 1, 2)]), "'row'");
        Fails.With("TSR0715", () => scheduler.RunAsync([row, TensorInput.From("x", new float[3], 1, 3)]), "2 ≠ 3");
        Fails.With("TSR0742", () => scheduler.RunAsync([row, TensorInput.Scalar("x", 1f)]), "'x'");
        Assert.Equal(0, scheduler.Statistics.Waiting);
    }

    [Theory]
    [InlineData("dense", "no input 'cu_seqlens_…'")]
    [InlineData("unowned result", "'y: f32[other, 2]' does not tell which of its rows are whose")]
    [InlineData("unowned input", "'prior: f32[2*total_n]' does not tell which of its rows are whose")]
    [InlineData("offsets", "'cu_seqlens_n: i64[batch + 1]' are no offsets")]
    public void Model_that_is_not_packed_is_refused(string model, string says)
    {
        using var session = ModelSession.FromBytes(model switch
        {
            "dense" => PackedModels.Dense(),
            "unowned result" => PackedModels.Unowned(),
            "unowned input" => PackedModels.UnownedInput(),
            _ => PackedModels.LongOffsets(),
        });
        Fails.With("TSR0741", () => new PackedScheduler(session).Dispose(), says);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        using var session = ModelSession.FromBytes(PackedModels.Doubling());
        foreach (var options in new PackedSchedulerOptions[]
        {
            new() { TokenBudget = 0 }, new() { MaxExamples = 0 }, new() { QueueLimit = 0 }, new() { ParallelRuns = 0 },
            new() { MaxDelay = TimeSpan.FromTicks(-1) }, new() { WhenFull = (QueueFullMode)7 },
        })
            Fails.With("TSR0705", () => new PackedScheduler(session, options).Dispose());
    }

    internal static void Holds(RunResult result, params float[] expected) => Assert.Equal(expected, Floats(result));

    private static float[] Floats(RunResult result) => result["y"].ToArray<float>();

    private static long[] Dims(RunResult result) => result["y"].Dims.ToArray();

    internal static TensorInput[] Example(int n, int seed) =>
    [
        TensorInput.From("x", [.. Enumerable.Range(0, 2 * n).Select(k => (float)(seed + k))], n, 2),
        TensorInput.From("row", [seed, seed + 1f, seed + 2f], 3),
    ];
}
