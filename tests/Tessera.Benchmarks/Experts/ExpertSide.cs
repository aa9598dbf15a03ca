using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Tessera.Ir;
using Tessera.Kernels;
using Tessera.Onnx;

namespace Tessera.Benchmarks.Experts;

/// <summary>One of the ways that are compared, in a session of its own; weights lie in a file beside the model.</summary>
internal sealed class ExpertSide : IDisposable
{
    private const double Tolerance = 1e-4;
    private readonly InferenceSession _session;
    private readonly bool _isDense;

    private ExpertSide(string name, InferenceSession session, bool isDense = false) => (Name, _session, _isDense) = (name, session, isDense);

    public string Name { get; }

    public static ExpertSide Ours(string folder, ExpertLayer layer, int k, int threads) =>
        new("ours", Session(Write(folder, layer, k), threads, kernels: true));

    public static ExpertSide Ours(string folder, NarrowLayer layer, int k, int threads) =>
        new("ours, 4 bits", Session(Saved(folder, $"narrow{layer.Wide.Id}k{k}", () => layer.Routed(k)), threads, kernels: true));

    /// <summary>The functions of our ops, in ONNX Runtime alone.</summary>
    public static ExpertSide Body(string folder, ExpertLayer layer, int k, int threads) =>
        new("function body", Session(Write(folder, layer, k), threads));

    /// <summary>The model of ours and of the body.</summary>
    public static string Write(string folder, ExpertLayer layer, int k) => Saved(folder, $"routed{layer.Id}k{k}", () => layer.Routed(k));

    /// <summary>As many rows through one expert.</summary>
    public static ExpertSide Dense(string folder, ExpertLayer layer, int threads) =>
        new("dense chain, FLOP/s", Session(Saved(folder, $"dense{layer.Id}", layer.Dense), threads), isDense: true);

    /// <summary>ONNX Runtime's own op, over stacks of all experts.</summary>
    public static ExpertSide Moe(string folder, ExpertLayer layer, int k, int threads) =>
        new("com.microsoft.MoE", Session(Written(folder, $"moe{layer.Id}k{k}", path => RuntimeModels.WriteMoe(path, layer, k)), threads));

    /// <summary>The same in 4 bits.</summary>
    public static ExpertSide Moe(string folder, NarrowLayer layer, int k, int threads) =>
        new("com.microsoft.QMoE, 4 bits", Session(Written(folder, $"qmoe{layer.Wide.Id}k{k}", path => RuntimeModels.WriteNarrow(path, layer, k)), threads));

    public void Dispose() => _session.Dispose();

    public double Time(IReadOnlyList<ExpertFeed> feeds)
    {
        using RunOptions run = new();
        long start = Stopwatch.GetTimestamp();
        foreach (ExpertFeed feed in feeds)
        {
            _session.Run(run, _isDense ? feed.DenseInputs : feed.Inputs, _session.OutputNames).Dispose();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / feeds.Count;
    }

    /// <summary>Fails where the first or the last token is not what the definition says.</summary>
    public void Check(ExpertFeed feed, IReadOnlyDictionary<int, double[]> expected)
    {
        if (_isDense)
        {
            return;
        }

        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(run, feed.Inputs, _session.OutputNames);
        foreach ((int token, double[] row) in expected)
        {
            ReadOnlySpan<float> actual = outputs[0].GetTensorDataAsSpan<float>().Slice(token * ExpertLayer.Size, ExpertLayer.Size);
            for (int d = 0; d < row.Length; d++)
            {
                if (!(Math.Abs(actual[d] - row[d]) <= Tolerance))
                {
                    throw new InvalidOperationException($"{Name}: token {token}, element {d} is {actual[d]}, not {row[d]}.");
                }
            }
        }
    }

    /// <summary>A session on threads of its own. Several share the processors: those that rest must not spin beside the one that is timed.</summary>
    public static InferenceSession Session(string path, int threads, bool kernels = false)
    {
        using SessionOptions options = new() { IntraOpNumThreads = threads, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        if (kernels)
        {
            TesseraOps.Register(options);
        }

        return new InferenceSession(path, options);
    }

    private static string Saved(string folder, string name, Func<Graph> graph) => Written(
        folder, name, path => OnnxEmitter.Emit(graph(), new EmitOptions { Target = EmitTarget.Tessera, Save = new SaveOptions { ExternalAbove = 0 } }).Save(path));

    private static string Written(string folder, string name, Action<string> write)
    {
        string path = Path.Combine(folder, name + ".onnx");
        if (!File.Exists(path))
        {
            write(path);
        }

        return path;
    }
}
