using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Tessera.Compiler;
using Tessera.Onnx;

namespace Tessera.Benchmarks.Models;

/// <summary>
/// Models of others as they come against what <c>tessera optimize</c> makes of them, both in ONNX Runtime with all its own
/// optimisations on. They stand in <c>artifacts/test-data/models</c>, where <c>.ci/fetch-test-data</c> puts them.
/// </summary>
internal static class ModelsBenchmark
{
    private const double Goal = 0.97;

    public static IEnumerable<Row> Run(bool quick)
    {
        string folder = Folder();
        foreach (IGrouping<string, ModelCase> model in ModelCase.All(quick).GroupBy(static c => c.File))
        {
            string path = Path.Combine(folder, model.Key);
            using OnnxModel original = OnnxModel.Load(path);
            CompiledModel optimized = original.Optimize(new OptimizeOptions { Target = EmitTarget.Ort });
            byte[] ours = optimized.Emitted.ToBytes();
            foreach (int threads in (int[])[1, 2])
            {
                using Sides sides = new(new InferenceSession(ours, Options(threads)), new InferenceSession(path, Options(threads)));
                foreach (ModelCase c in model)
                {
                    string name = $"{c.Name} ({optimized.Nodes} nodes from {original.Nodes})";
                    yield return Pairs.Summary("models", name, "the original", threads, sides.Ratios(c, quick), Goal) with { ByLowerQuartile = true };
                }
            }
        }
    }

    private static string Folder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string models = Path.Combine(folder.FullName, "artifacts", "test-data", "models");
            if (Directory.Exists(models) && Directory.EnumerateFiles(models, "*.onnx").Any())
            {
                return models;
            }
        }

        throw new InvalidOperationException("the models are not there; .ci/fetch-test-data fetches them.");
    }

    // Two sessions share the processors: the one that rests must not spin beside the one that is timed.
    private static SessionOptions Options(int threads)
    {
        SessionOptions options = new() { IntraOpNumThreads = threads, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        return options;
    }

    /// <summary>Both sessions of a model.</summary>
    private sealed record Sides(InferenceSession Ours, InferenceSession Original) : IDisposable
    {
        private const double LeastSeconds = 0.04;

        public double[] Ratios(ModelCase c, bool quick)
        {
            Check(c.Draw(seed: 0));
            long start = Stopwatch.GetTimestamp();
            Repeat(Original, c.Draw(seed: 0), 1);
            int repeats = (int)Math.Clamp(Math.Ceiling(LeastSeconds / Stopwatch.GetElapsedTime(start).TotalSeconds), 1, 500);
            return Pairs.Ratios(quick ? 7 : 21, c.Draw, values => Repeat(Ours, values, repeats), values => Repeat(Original, values, repeats));
        }

        public void Dispose()
        {
            Ours.Dispose();
            Original.Dispose();
        }

        private static void Repeat(InferenceSession session, Dictionary<string, OrtValue> values, int times)
        {
            using RunOptions run = new();
            for (int i = 0; i < times; i++)
            {
                session.Run(run, values, session.OutputNames).Dispose();
            }
        }

        // Speed means nothing before both sides agree.
        private void Check(Dictionary<string, OrtValue> values)
        {
            using RunOptions run = new();
            using IDisposableReadOnlyCollection<OrtValue> ours = Ours.Run(run, values, Ours.OutputNames);
            using IDisposableReadOnlyCollection<OrtValue> original = Original.Run(run, values, Original.OutputNames);
            for (int output = 0; output < original.Count; output++)
            {
                ReadOnlySpan<float> a = ours[output].GetTensorDataAsSpan<float>();
                ReadOnlySpan<float> b = original[output].GetTensorDataAsSpan<float>();
                for (int i = 0; i < b.Length; i++)
                {
                    if (!(Math.Abs(a[i] - b[i]) <= 1e-4 * (1e-2 + Math.Abs(b[i]))))
                    {
                        throw new InvalidOperationException($"both sides differ at element {i} of '{Original.OutputNames[output]}': {a[i]} and {b[i]}.");
                    }
                }
            }
        }
    }
}
