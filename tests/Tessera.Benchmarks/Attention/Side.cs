using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Tessera.Ir;
using Tessera.Kernels;
using Tessera.Onnx;

namespace Tessera.Benchmarks.Attention;

/// <summary>One of the ways that are compared, in a session of its own.</summary>
internal sealed class Side : IDisposable
{
    private readonly InferenceSession _session;

    private Side(string name, InferenceSession session, Func<IReadOnlyList<Batch>, IEnumerable<Feed>> feeds, Func<IReadOnlyList<Batch>, double> ideal, double factor)
    {
        (Name, _session, Feeds, Ideal, Factor) = (name, session, feeds, ideal, factor);
    }

    public string Name { get; }

    /// <summary>The runs that it takes to attend some batches.</summary>
    public Func<IReadOnlyList<Batch>, IEnumerable<Feed>> Feeds { get; }

    /// <summary>How many times the useful work it does on some batches; 0 where nothing is asked of the ratio.</summary>
    public Func<IReadOnlyList<Batch>, double> Ideal { get; }

    /// <summary>The goal over the ideal.</summary>
    public double Factor { get; }

    public static Side Ours(int threads) =>
        new("ours", Open(Graphs.Packed(), threads, kernels: true), static b => b.Select(Feed.Packed), static _ => 1, 0);

    /// <summary>
    /// What ours is compared with on one batch at a time: ONNX Runtime's MultiHeadAttention, mask-free on as many sequences of
    /// one length with the same work (by FLOP/s), with a key mask on the batch padded to its own and to the model's largest, and
    /// mask-free sequence by sequence; what our op's function makes of it without our kernel; and its Attention with a block mask.
    /// </summary>
    public static IEnumerable<Side> Baselines(LengthSet set, int threads)
    {
        yield return new("equal lengths, FLOP/s", Open(Graphs.Padded(masked: false), threads), static b => b.Select(static x => Feed.Dense(x.Equal)), static b => Work(b, static x => x.EqualLength), 1) { PerWork = true };
        yield return new("padded to batch", Open(Graphs.Padded(masked: true), threads), static b => b.Select(static x => Feed.Padded(x, x.Longest)), static b => Work(b, static x => x.Longest), 1);
        yield return new("padded to model", Open(Graphs.Padded(masked: true), threads), b => b.Select(x => Feed.Padded(x, set.Cap)), b => Work(b, _ => set.Cap), 1);
        yield return new("loop", Open(Graphs.Unrolled(set.Examples), threads), static b => b.Select(Feed.Unrolled), static _ => 1, set.LoopGoal);
        yield return new("function body", Open(Graphs.Packed(), threads), static b => b.Select(Feed.Packed), static _ => 1, set.BodyGoal);
        yield return new("block mask", Open(Graphs.Blocks(), threads), static b => b.Select(Feed.Blocks), static _ => 1, 0);
    }

    /// <summary>MultiHeadAttention with a key mask on batches made by sorting more of them by length: what can be done where requests may wait.</summary>
    public static Side Sorted(LengthSet set, int threads) => new(
        "sorted batches", Open(Graphs.Padded(masked: true), threads),
        b => Batch.Sorted(b, set.Examples).Select(static x => Feed.Padded(x, x.Longest)),
        b => Work(Batch.Sorted(b, set.Examples), static x => x.Longest), 1);

    /// <summary>Whether times are divided by the work that was done.</summary>
    public bool PerWork { get; private init; }

    public void Dispose() => _session.Dispose();

    /// <summary>Fails where a result is not what the definition says.</summary>
    public void Check(Feed feed)
    {
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(run, feed.Values, _session.OutputNames);
        feed.Check(Name, outputs[0].GetTensorDataAsSpan<float>());
    }

    /// <summary>Seconds that the runs take; where they are repeated, once more to warm up.</summary>
    public double Time(IReadOnlyList<Feed> feeds, int repeats)
    {
        using RunOptions run = new();
        long start = 0;
        for (int i = repeats > 1 ? -1 : 0; i < repeats; i++)
        {
            start = i == 0 ? Stopwatch.GetTimestamp() : start;
            foreach (Feed feed in feeds)
            {
                _session.Run(run, feed.Values, _session.OutputNames).Dispose();
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
    }

    private static double Work(IReadOnlyList<Batch> batches, Func<Batch, int> size) =>
        batches.Sum(b => b.Lengths.Length * Math.Pow(size(b), 2)) / batches.Sum(static b => b.Pairs);

    // Several sessions share the processors: those that rest must not spin beside the one that is timed.
    private static InferenceSession Open(Graph graph, int threads, bool kernels = false)
    {
        using SessionOptions options = new() { IntraOpNumThreads = threads, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        if (kernels)
        {
            TesseraOps.Register(options);
        }

        return new InferenceSession(OnnxEmitter.Emit(graph, new EmitOptions { Target = kernels || HasKernel(graph) ? EmitTarget.Tessera : EmitTarget.Ort }).ToBytes(), options);
    }

    private static bool HasKernel(Graph graph) => graph.Roots.Any(static v => v.Op is Ir.Ops.PackedAttention);
}
