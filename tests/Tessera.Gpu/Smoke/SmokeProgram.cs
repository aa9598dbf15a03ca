using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Tessera.Gpu.Devices;
using Tessera.Gpu.Rows;
using Tessera.Ir;
using Tessera.Testing;

namespace Tessera.Gpu.Smoke;

/// <summary>What all else needs: the provider loads and multiplies, an op of C# runs on its stream, and a CUDA graph captures both.</summary>
internal static class SmokeProgram
{
    private const int Tokens = 200;
    private static readonly int[] s_offsets = [0, 70, 70, 71, Tokens];

    public static void Run(IDevice device, RowWriter rows)
    {
        rows.Write(Row("product", device, Product));
        rows.Write(Row("op in C#", device, Sums));
        rows.Write(Row("captured graph", device, Captured));
    }

    private static Row Row(string what, IDevice device, Action<IDevice, Row> check)
    {
        Row row = new Row("smoke", what).Add("device", device.Name);
        try
        {
            check(device, row);
        }
        catch (Exception error) when (error is OnnxRuntimeException or Kernels.TesseraKernelException or InvalidOperationException)
        {
            row.Fail(error.Message);
        }

        return row;
    }

    private static void Product(IDevice device, Row row)
    {
        const int Size = SmokeModels.Size;
        using Feed feed = new(device, DType.F32, [Tokens, Size], ("w", [Size, Size]), offsets: null);
        float[] y = MemoryMarshal.Cast<byte, float>(feed.Run(SmokeModels.Product(), new(OnDevice: true), [Tokens, Size], runs: 1)).ToArray();
        (float[] x, float[] w) = (feed.Floats("x"), feed.Floats("w"));
        Compare(row, y, i => Enumerable.Range(0, Size).Sum(k => (double)x[((i / Size) * Size) + k] * w[(k * Size) + (i % Size)]));
    }

    private static void Sums(IDevice device, Row row)
    {
        const int Size = SmokeModels.Size;
        using Feed feed = new(device, DType.F32, [Tokens, Size], weight: null, s_offsets);
        float[] y = MemoryMarshal.Cast<byte, float>(feed.Run(SmokeModels.Sums(), new(OnDevice: true), [s_offsets.Length - 1, Size], runs: 1)).ToArray();
        float[] x = feed.Floats("x");
        Compare(row, y, i => Enumerable.Range(s_offsets[i / Size], s_offsets[(i / Size) + 1] - s_offsets[i / Size]).Sum(t => (double)x[(t * Size) + (i % Size)]));
    }

    private static void Captured(IDevice device, Row row)
    {
        const int Width = SmokeModels.Heads * SmokeModels.Size;
        using Feed feed = new(device, DType.F16, [Tokens, Width], ("w", [Width, Width]), s_offsets);
        byte[] plain = feed.Run(SmokeModels.Layer(), new(OnDevice: device.Target.IsCuda), [Tokens, Width], runs: 1);
        if (!device.Target.IsCuda)
        {
            row.Add("captured", "nothing: CUDA graphs are of CUDA");
            return;
        }

        byte[] captured = feed.Run(SmokeModels.Layer(), new(Captured: true, OnDevice: true), [Tokens, Width], runs: 3);
        if (!plain.AsSpan().SequenceEqual(captured))
        {
            row.Fail("captured and not captured give other bits");
        }

        row.Add("captured", "same bits");
    }

    private static void Compare(Row row, float[] actual, Func<int, double> expected)
    {
        double tolerance = Tolerances.For(DType.F32);
        double[] reference = [.. Enumerable.Range(0, actual.Length).Select(expected)];
        double largest = Enumerable.Range(0, actual.Length).Max(i => Math.Abs(actual[i] - reference[i])) / reference.Max(Math.Abs);
        row.Add("largest", largest).Add("tolerance", tolerance);
        if (!(largest <= tolerance))
        {
            row.Fail("other numbers than the definition's");
        }
    }

    /// <summary>Inputs on the device under the names of the models here.</summary>
    private sealed class Feed : IDisposable
    {
        private readonly IDevice _device;
        private readonly DType _dtype;
        private readonly Dictionary<string, DeviceTensor> _inputs = [];

        public Feed(IDevice device, DType dtype, long[] x, (string Name, long[] Dims)? weight, int[]? offsets)
        {
            (_device, _dtype) = (device, dtype);
            _inputs.Add("x", DeviceTensor.Random(device, dtype, x, spread: 1, seed: 1));
            if (weight is { } w)
            {
                _inputs.Add(w.Name, DeviceTensor.Random(device, dtype, w.Dims, spread: 0.1, seed: 2));
            }

            if (offsets is not null)
            {
                _inputs.Add("cu", DeviceTensor.Of(device, DType.I32, [offsets.Length], MemoryMarshal.AsBytes<int>(offsets)));
            }
        }

        public float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(_inputs[name].Download()).ToArray();

        /// <summary>What the last of some runs gives.</summary>
        public byte[] Run(byte[] model, SessionKind kind, long[] dims, int runs)
        {
            using InferenceSession session = Sessions.Open(model, _device, kind);
            using DeviceTensor y = new(_device, _dtype, dims);
            using BoundRun run = new(session, _inputs, new Dictionary<string, DeviceTensor> { ["y"] = y });
            for (int i = 0; i < runs; i++)
            {
                y.Poison();
                run.Run();
                _device.Synchronize();
            }

            return y.GuardsHold() ? y.Download() : throw new InvalidOperationException("something was written beside the output");
        }

        public void Dispose()
        {
            foreach (DeviceTensor tensor in _inputs.Values)
            {
                tensor.Dispose();
            }
        }
    }
}
