using System.Diagnostics;
using System.Numerics;
using Microsoft.ML.OnnxRuntime;
using Tessera.Ir;
using Tessera.Onnx;

namespace Tessera.Benchmarks.Experts;

/// <summary>What the machine gives at its best, measured in the same run: FLOP/s of ONNX Runtime's product and bytes read each second.</summary>
internal sealed class Roofline : IDisposable
{
    private const int Rows = 1024;
    private const int Columns = 3072;
    private readonly int _threads;
    private readonly float[] _memory;
    private readonly InferenceSession _product;
    private readonly Dictionary<string, OrtValue> _inputs;

    public Roofline(int threads, float[] memory)
    {
        (_threads, _memory) = (threads, memory);
        GraphBuilder g = new();
        Value x = g.In("x", $"f32[t, {ExpertLayer.Size}]");
        Value w = g.Param("w", $"f32[{ExpertLayer.Size}, {Columns}]");
        float[] numbers = [.. Enumerable.Range(0, ExpertLayer.Size * Columns).Select(static i => (i % 17) - 8f)];
        Graph graph = new()
        {
            Name = "product",
            Builder = g,
            Inputs = [x],
            Outputs = [new GraphOutput("y", g.MatMul(x, w))],
            Weights = new Dictionary<string, WeightSource> { ["w"] = MemoryWeightSource.Of<float>(numbers, ExpertLayer.Size, Columns) },
        };
        SessionOptions options = new() { IntraOpNumThreads = threads };
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        _product = new InferenceSession(OnnxEmitter.Emit(graph, new EmitOptions()).ToBytes(), options);
        _inputs = new Dictionary<string, OrtValue> { ["x"] = OrtValue.CreateTensorValueFromMemory(numbers[..(Rows * ExpertLayer.Size)], [Rows, ExpertLayer.Size]) };
    }

    /// <summary>Measures both once.</summary>
    public (double Flops, double Bytes) Measure()
    {
        using RunOptions run = new();
        long start = Stopwatch.GetTimestamp();
        _product.Run(run, _inputs, _product.OutputNames).Dispose();
        double flops = 2.0 * Rows * ExpertLayer.Size * Columns / Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        int part = _memory.Length / _threads;
        Parallel.For(0, _threads, new ParallelOptions { MaxDegreeOfParallelism = _threads }, i => Read(_memory.AsSpan(i * part, part)));
        return (flops, (double)part * _threads * sizeof(float) / Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    public void Dispose()
    {
        _product.Dispose();
        foreach (OrtValue value in _inputs.Values)
        {
            value.Dispose();
        }
    }

    // Eight sums, so that none waits for another.
    private static float Read(ReadOnlySpan<float> memory)
    {
        Vector<float> a = Vector<float>.Zero, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        int n = Vector<float>.Count;
        for (int i = 0; i + (8 * n) <= memory.Length; i += 8 * n)
        {
            a += new Vector<float>(memory[i..]);
            b += new Vector<float>(memory[(i + n)..]);
            c += new Vector<float>(memory[(i + (2 * n))..]);
            d += new Vector<float>(memory[(i + (3 * n))..]);
            e += new Vector<float>(memory[(i + (4 * n))..]);
            f += new Vector<float>(memory[(i + (5 * n))..]);
            g += new Vector<float>(memory[(i + (6 * n))..]);
            h += new Vector<float>(memory[(i + (7 * n))..]);
        }

        return Vector.Sum(a + b + c + d + e + f + g + h);
    }
}
