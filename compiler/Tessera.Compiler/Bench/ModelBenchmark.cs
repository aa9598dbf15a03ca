using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Kernels.Cuda;
using Tessera.Onnx;
using Tessera.Runtime;

namespace Tessera.Compiler.Bench;

/// <summary>Times a model, alone or against another of the same inputs, run by run in turn, so that both see the same machine.</summary>
public static class ModelBenchmark
{
    private const int WarmUps = 2;

    /// <summary>Times a model.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="against">File of another that takes the same inputs; null for none.</param>
    /// <param name="options">Where, how often and at which sizes.</param>
    /// <param name="limits">What the model may ask for.</param>
    /// <exception cref="TesseraException">It cannot be read, or no inputs can be made for it.</exception>
    /// <exception cref="TesseraRuntimeException">ONNX Runtime refuses a model, or its inputs.</exception>
    /// <exception cref="Kernels.TesseraKernelException">TSR1400 to TSR1404: the device cannot be used.</exception>
    public static BenchResult Run(string path, string? against = null, BenchOptions? options = null, ReadLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Runs, 1, nameof(options));
        if (options.Device.IsCuda)
        {
            // That there is no GPU says more than that this build could not use one.
            _ = CudaPlatform.Installed.Device(options.Device.Number);
        }

        options.Progress?.Invoke("inputs");
        using OnnxModel model = OnnxModel.Load(path, limits);
        (IReadOnlyDictionary<string, long> sizes, Dictionary<string, RefValue> values) = BenchInputs.For(model.Graph, options.Sizes, options.Seed);
        List<Side> sides = [];
        List<OrtValue> held = [];
        try
        {
            foreach (string file in against is null ? [path] : (string[])[path, against])
            {
                options.Progress?.Invoke($"open {Path.GetFileName(file)}");
                sides.Add(new(file, ModelSession.Open(file, SessionOptions(options))));
            }

            TensorInput[] inputs = [.. values.Select(v => Input(v.Key, v.Value, held))];
            return Measure(sides, inputs, sizes, options);
        }
        finally
        {
            sides.ForEach(static s => s.Session.Dispose());
            held.ForEach(static v => v.Dispose());
        }
    }

    private static TensorInput Input(string name, RefValue value, List<OrtValue> held)
    {
        held.Add(OrtRun.ToOrt(value));
        return TensorInput.FromOrtValue(name, held[^1]);
    }

    private static BenchResult Measure(List<Side> sides, TensorInput[] inputs, IReadOnlyDictionary<string, long> sizes, BenchOptions options)
    {
        options.Progress?.Invoke("warm up");
        for (int i = 0; i < WarmUps; i++)
        {
            sides.ForEach(s => s.Time(inputs));
        }

        List<double>[] times = [.. sides.Select(static _ => new List<double>())];
        for (int run = 0; run < options.Runs; run++)
        {
            options.Progress?.Invoke($"run {run + 1} of {options.Runs}");
            for (int turn = 0; turn < sides.Count; turn++)
            {
                int i = (turn + run) % sides.Count;
                times[i].Add(sides[i].Time(inputs));
            }
        }

        return new(
            sizes,
            [.. sides.Select((s, i) => new ModelTimes(s.File, Quartiles.Of(times[i])))],
            sides.Count < 2 ? null : Quartiles.Of(times[1].Zip(times[0], static (other, own) => other / own)));
    }

    // Two sessions share the processors: the one that rests must not spin beside the one that is timed.
    private static ModelSessionOptions SessionOptions(BenchOptions options) => new()
    {
        Device = options.Device,
        IntraOpThreads = options.Threads,
        Configure = static native => native.AddSessionConfigEntry("session.force_spinning_stop", "1"),
    };

    private sealed record Side(string File, ModelSession Session)
    {
        /// <summary>Milliseconds of a run.</summary>
        public double Time(TensorInput[] inputs)
        {
            long start = Stopwatch.GetTimestamp();
            Session.Run(inputs).Dispose();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }
}
