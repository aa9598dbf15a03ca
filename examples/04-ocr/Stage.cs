using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Tessera.Compiler;

namespace Ocr;

/// <summary>One model twice: as it came, and optimised. Each input goes through both; what the optimised one gives is used.</summary>
public sealed class Stage : IDisposable
{
    private readonly InferenceSession _original;
    private readonly InferenceSession _optimised;
    private double _originalSeconds;
    private double _optimisedSeconds;
    private double _largest;

    public Stage(string name, string path)
    {
        using OnnxModel model = OnnxModel.Load(path);
        CompiledModel optimised = model.Optimize();
        (Name, NodesBefore, NodesAfter) = (name, model.Nodes, optimised.Nodes);
        using SessionOptions options = new();
        options.AddSessionConfigEntry("session.force_spinning_stop", "1"); // the session that rests must not slow the other
        _original = new InferenceSession(path, options);
        _optimised = new InferenceSession(optimised.ToBytes(), options);
    }

    public string Name { get; }

    public int NodesBefore { get; }

    public int NodesAfter { get; }

    /// <summary>How many inputs it was timed on.</summary>
    public int Runs { get; private set; }

    /// <summary>Times of both, how many times faster the optimised one is, and how far their results lie apart.</summary>
    public string[] Figures => Runs == 0 ? ["", "", "", ""] :
    [
        Text(_originalSeconds / Runs * 1e3, "F1"), Text(_optimisedSeconds / Runs * 1e3, "F1"), Text(_originalSeconds / _optimisedSeconds, "F2"), Text(_largest, "E1"),
    ];

    /// <summary>The result for images <c>f32[n, 3, height, width]</c>, and its shape.</summary>
    public (float[] Values, long[] Shape) Run(float[] pixels, params long[] shape)
    {
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(pixels, shape);
        Run(_original, input, out _); // a first run at a size plans memory: it is not timed
        Run(_optimised, input, out _);
        (float[] expected, _) = Run(_original, input, out double original);
        (float[] values, long[] result) = Run(_optimised, input, out double optimised);
        (Runs, _originalSeconds, _optimisedSeconds) = (Runs + 1, _originalSeconds + original, _optimisedSeconds + optimised);
        for (int i = 0; i < values.Length; i++)
        {
            _largest = Math.Max(_largest, Math.Abs(values[i] - expected[i]));
        }

        return (values, result);
    }

    public void Dispose()
    {
        _original.Dispose();
        _optimised.Dispose();
    }

    private static (float[] Values, long[] Shape) Run(InferenceSession session, OrtValue input, out double seconds)
    {
        using RunOptions run = new();
        long start = Stopwatch.GetTimestamp();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, session.InputNames, [input], session.OutputNames);
        seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (results[0].GetTensorDataAsSpan<float>().ToArray(), results[0].GetTensorTypeAndShape().Shape);
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
