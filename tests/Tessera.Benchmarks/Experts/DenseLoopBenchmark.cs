using System.Diagnostics;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx;
using Tessera.Onnx.Proto;
using Tessera.Passes;
using Tessera.Testing.Exporters;

namespace Tessera.Benchmarks.Experts;

/// <summary>
/// A layer of V-MoE-B/16 as exporters write it, a loop that runs every expert on every token and multiplies by gates that are mostly 0,
/// optimised by us against itself as it was exported.
/// </summary>
internal static class DenseLoopBenchmark
{
    private const int Hidden = 3072;
    private const int K = 2;
    private const double Kept = 0.7;

    /// <summary>Largest error relative to the largest number.</summary>
    private const double Tolerance = 1e-4;

    public static IEnumerable<Row> Run(string folder, bool quick)
    {
        foreach ((int experts, int tokens, int[] threads) in quick ? [(8, 1536, [2])] : new[] { (8, 1536, new[] { 1, 2 }), (8, 2048, [2]), (32, 1536, [2]) })
        {
            (string original, string optimised) = Write(folder, experts);
            foreach (int n in threads)
            {
                using InferenceSession ours = ExpertSide.Session(optimised, n, kernels: true);
                using InferenceSession theirs = ExpertSide.Session(original, n);
                foreach (Row row in PairBudget.Of(quick).Rows(
                    $"V-MoE-B/16 layer E={experts} k={K} T={tokens}, dense loop", n, [("itself, as exported", (double)experts / K * Kept)], pair => Pair(ours, theirs, tokens, pair)))
                {
                    yield return row;
                }
            }
        }
    }

    private static double[] Pair(InferenceSession ours, InferenceSession theirs, int tokens, int pair)
    {
        Random random = new(pair);
        float[] x = [.. Enumerable.Range(0, tokens * ExpertLayer.Size).Select(_ => (random.NextSingle() * 2) - 1)];
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(x, [tokens, ExpertLayer.Size]);
        Dictionary<string, OrtValue> inputs = new() { ["x"] = value };
        float[][] results = new float[2][];
        double[] times = PairBudget.InTurn(pair, () => Time(ours, inputs, ref results[0]), () => Time(theirs, inputs, ref results[1]));
        double error = results[0].Zip(results[1]).Max(static p => Math.Abs(p.First - p.Second)) / results[1].Max(Math.Abs);
        return error <= Tolerance ? [times[1] / times[0]] : throw new InvalidOperationException($"the optimised layer differs by {error}.");
    }

    private static double Time(InferenceSession session, Dictionary<string, OrtValue> inputs, ref float[] result)
    {
        using RunOptions run = new();
        long start = Stopwatch.GetTimestamp();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, inputs, session.OutputNames);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        result = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        return seconds;
    }

    private static (string Original, string Optimised) Write(string folder, int experts)
    {
        (string original, string optimised) = (Path.Combine(folder, $"exported{experts}.onnx"), Path.Combine(folder, $"optimised{experts}.onnx"));
        if (!File.Exists(original))
        {
            ModelProto model = Exported(experts).ToModel();
            using (FileStream stream = File.Create(original))
            {
                model.WriteTo(stream);
            }

            Graph graph = Pipelines.OneExample.Run(OnnxReader.Read(model), new PassContext());
            if (!graph.PostOrder().Any(static op => op is GroupedMlp))
            {
                throw new InvalidOperationException("the experts of the exported layer were not found.");
            }

            OnnxEmitter.Emit(graph, new EmitOptions { Target = EmitTarget.Tessera, Save = new SaveOptions { ExternalAbove = 0 } }).Save(optimised);
        }

        return (original, optimised);
    }

    // x + Σ_e gate_e · mlp_e(x), gates being where an id is e.
    private static ExportedModel Exported(int experts)
    {
        ExportedModel m = new(18) { Weights = static (count, seed) => Draw(count, seed) };
        string x = m.Input("x", DType.F32, "tokens", ExpertLayer.Size);
        string scores = m.Softmax(m.MatMul(x, m.Weight(ExpertLayer.Size, experts)));
        string[] top = m.Nodes("TopK", 2, [scores, m.Longs(K)], ExportedModel.Int("axis", -1), ExportedModel.Int("largest", 1), ExportedModel.Int("sorted", 1));
        string sum = x;
        for (int e = 0; e < experts; e++)
        {
            string here = m.Node("Where", [m.Node("Equal", [top[1], m.Long(e)]), top[0], m.Float(0)]);
            string gate = m.Node("ReduceSum", [here, m.Longs(1)], ExportedModel.Int("keepdims", 1));
            sum = m.Node("Add", [sum, m.Node("Mul", [Expert(m, x), gate])]);
        }

        m.Output(sum);
        return m;
    }

    // Two matrices with biases and GELU by its parts.
    private static string Expert(ExportedModel m, string x)
    {
        string u = m.Node("Add", [m.MatMul(x, m.Weight(ExpertLayer.Size, Hidden)), m.Weight(Hidden)]);
        string erf = m.Node("Add", [m.Node("Erf", [m.Node("Div", [u, m.Float(MathF.Sqrt(2))])]), m.Float(1)]);
        string h = m.Node("Mul", [m.Node("Mul", [u, erf]), m.Float(0.5f)]);
        return m.Node("Add", [m.MatMul(h, m.Weight(Hidden, ExpertLayer.Size)), m.Weight(ExpertLayer.Size)]);
    }

    private static float[] Draw(int count, int seed)
    {
        Random random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (random.NextSingle() - 0.5f) / 16;
        }

        return values;
    }
}
