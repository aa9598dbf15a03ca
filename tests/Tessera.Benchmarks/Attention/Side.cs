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

    /// <summary>What ours is compared with on one batch at a time.</summary>
    public static IEnumerable<Side> Baselines(LengthSet set, int threads)
    {
        yield return new("mask-free MultiHeadAttention, equal lengths, same work (FLOP/s)", Open(Graphs.Padded(masked: false), threads), static b => b.Select(static x => Feed.Dense(Equal(x))), static b => Work(b, EqualLength), 1) { PerWork = true };
        yield return new("MultiHeadAttention padded to the batch's largest", Open(Graphs.Padded(masked: true), threads), static b => b.Select(static x => Feed.Padded(x, x.Longest)), static b => Work(b, static x => x.Longest), 1);
        yield return new("MultiHeadAttention padded to the model's largest", Open(Graphs.Padded(masked: true), threads), b => b.Select(x => Feed.Padded(x, set.Cap)), b => Work(b, _ => set.Cap), 1);
        yield return new("loop of mask-free MultiHeadAttention", Open(Graphs.Unrolled(set.Examples), threads), static b => b.Select(Feed.Unrolled), static _ => 1, set.LoopGoal);
        yield return new("our function body in ONNX Runtime", Open(Graphs.Packed(), threads), static b => b.Select(Feed.Packed), static _ => 1, set.BodyGoal);
        yield return new("Attention with a block mask", Open(Graphs.Blocks(), threads), static b => b.Select(Feed.Blocks), static _ => 1, 0);
    }

    /// <summary>Batches made by sorting more of them by length: what can be done where requests may wait.</summary>
    public static Side Sorted(LengthSet set, int threads) => new(
        "MultiHeadAttention on length-sorted batches", Open(Graphs.Padded(masked: true), threads),
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

    /// <summary>Seconds that the runs take.</summary>
    public double Time(IReadOnlyList<Feed> feeds, int repeats)
    {
        using RunOptions run = new();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++)
        {
            foreach (Feed feed in feeds)
            {
                _session.Run(run, feed.Values, _session.OutputNames).Dispose();
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
    }

    // As many examples, all of one length, with the work nearest to the batch's.
    private static Batch Equal(Batch batch)
    {
        int length = EqualLength(batch);
        return Batch.Draw([.. batch.Lengths.Select(_ => length)], seed: length);
    }

    private static int EqualLength(Batch batch) => Math.Max(1, (int)Math.Round(Math.Sqrt(batch.Pairs / batch.Lengths.Length)));

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
