using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Tessera.Compiler;

namespace Tessera.Benchmarks.Compile;

/// <summary>
/// Reading, optimising and writing a graph of 10,000 nodes against the time that ONNX Runtime takes to make a session of it: warm
/// in this process, and cold from the published tool. And whether ten times the nodes take ten times as long.
/// </summary>
internal static class CompileBenchmark
{
    private const int Nodes = 10_000;

    public static IEnumerable<Row> Run(bool quick)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-compile-");
        using PublishedTool tool = new();
        string output = Path.Combine(folder.FullName, "out.onnx");
        int nodes = quick ? Nodes / 5 : Nodes;
        foreach ((string name, string path) in Models(folder, nodes))
        {
            double[] warm = Pairs.Ratios(quick ? 5 : 9, _ => path, p => Optimize(p, output), Session);
            yield return Pairs.Summary("compile", $"{name}, {nodes} nodes, warm", "session of ONNX Runtime", Environment.ProcessorCount, warm, 1);
            double[] cold = Pairs.Ratios(quick ? 3 : 5, _ => path, p => tool.Run(null, "optimize", p, "-o", output), Session);
            yield return Pairs.Summary("compile", $"{name}, {nodes} nodes, cold", "session of ONNX Runtime", Environment.ProcessorCount, cold, 0.5);
            double[] growth = Growth(folder, name, nodes, output, quick ? 3 : 5);
            yield return Pairs.Summary("compile", $"{name}, {10 * nodes} nodes", "ten times the time of a tenth", Environment.ProcessorCount, growth, 0.67);
        }

        folder.Delete(recursive: true);
    }

    private static IEnumerable<(string Name, string Path)> Models(DirectoryInfo folder, int nodes) =>
        ExportedGraphs.All.Select(shape => (shape.Key, Write(folder, shape.Key, nodes)));

    private static string Write(DirectoryInfo folder, string name, int nodes)
    {
        string path = Path.Combine(folder.FullName, $"{name.Replace(' ', '-')}-{nodes}.onnx");
        File.WriteAllBytes(path, ExportedGraphs.All[name](nodes).ToByteArray());
        return path;
    }

    // The small one ten times, so that both sides do as much and meet as many collections.
    private static double[] Growth(DirectoryInfo folder, string name, int nodes, string output, int pairs)
    {
        (string small, string large) = (Write(folder, name, nodes), Write(folder, name, 10 * nodes));
        return Pairs.Ratios(pairs, _ => 0, _ => Optimize(large, output), _ =>
        {
            for (int i = 0; i < 10; i++)
            {
                Optimize(small, output);
            }
        });
    }

    private static void Optimize(string path, string output)
    {
        using OnnxModel model = OnnxModel.Load(path);
        model.Optimize().Save(output);
    }

    private static void Session(string path)
    {
        using SessionOptions options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using InferenceSession session = new(path, options);
    }
}
