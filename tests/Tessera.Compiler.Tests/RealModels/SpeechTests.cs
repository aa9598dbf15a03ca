using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Passes.Replay;
using Xunit;
using Files = Tessera.Testing.RealModels;

namespace Tessera.Compiler.Tests.RealModels;

/// <summary>Detectors of speech on a spoken-like signal, chunk by chunk with the state that each chunk leaves.</summary>
public sealed class SpeechTests
{
    [SkippableTheory]
    [InlineData("silero_vad_legacy.onnx", 16000, 1536)]
    [InlineData("silero_vad_legacy.onnx", 8000, 768)]
    [InlineData("silero_vad_v5.onnx", 16000, 512)]
    [InlineData("silero_vad_v5.onnx", 8000, 256)]
    [InlineData("silero_vad_v6.onnx", 16000, 512)]
    [InlineData("silero_vad_v6.onnx", 8000, 256)]
    public void State_and_probabilities_stay_the_same_over_chunks(string file, int rate, int chunk)
    {
        string path = Files.Require(file);
        using OnnxModel model = OnnxModel.Load(path);
        using OrtRun original = new(File.ReadAllBytes(path));
        using OrtRun optimised = new(model.Optimize().ToBytes(), kernels: true);
        string[] states = [.. original.Inputs.Where(static n => n is not ("input" or "sr"))];
        Dictionary<string, RefValue> left = states.ToDictionary(static s => s, static s => (RefValue)Zeros(s));
        Dictionary<string, RefValue> right = new(left);
        float[] signal = SpokenSignal.Make(2 * rate, rate, seed: 3);
        List<double> probabilities = [];
        for (int at = 0; at + chunk <= signal.Length; at += chunk)
        {
            RefTensor samples = RefTensor.Floats(DType.F32, [1, chunk], [.. signal.Skip(at).Take(chunk).Select(static v => (double)v)]);
            IReadOnlyList<RefValue> expected = Step(original, left, samples, rate, states);
            IReadOnlyList<RefValue> actual = Step(optimised, right, samples, rate, states);
            Assert.Null(Comparison.Of(expected, actual, ModelComparison.Tolerance, original.Outputs).Difference);
            probabilities.Add(((RefTensor)expected[0]).F[0]);
        }

        // A signal that the model takes no notice of would prove nothing.
        Assert.True(probabilities.Max() > 2 * probabilities.Min(), $"{probabilities.Min()} … {probabilities.Max()}");
    }

    // The results after the probability are the states, in the order of the inputs.
    private static IReadOnlyList<RefValue> Step(OrtRun run, Dictionary<string, RefValue> state, RefTensor samples, int rate, string[] states)
    {
        IReadOnlyList<RefValue> results = run.Run(new Dictionary<string, RefValue>(state) { ["input"] = samples, ["sr"] = RefTensor.Ints(DType.I64, [], [rate]) });
        for (int i = 0; i < states.Length; i++)
        {
            state[states[i]] = results[i + 1];
        }

        return results;
    }

    private static RefTensor Zeros(string state)
    {
        long width = state == "state" ? 128 : 64;
        return RefTensor.Floats(DType.F32, [2, 1, width], new double[2 * width]);
    }
}
