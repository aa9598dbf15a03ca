using Microsoft.ML.OnnxRuntime;

namespace Tessera.Benchmarks.Models;

/// <summary>One model of others at one size of input.</summary>
/// <param name="File">Name of the model's file.</param>
/// <param name="Name">What is run.</param>
/// <param name="Inputs">Shape of each float input by its name.</param>
internal sealed record ModelCase(string File, string Name, IReadOnlyDictionary<string, long[]> Inputs)
{
    /// <summary>Samples a second, which speech models ask for; 0 where there is no such input.</summary>
    public long Rate { get; init; }

    /// <summary>Every case: images of usual sizes, and chunks of speech at both rates.</summary>
    public static IEnumerable<ModelCase> All(bool quick)
    {
        (long Height, long Width)[] pages = quick ? [(320, 320)] : [(320, 320), (480, 640), (960, 960)];
        foreach ((long height, long width) in pages)
        {
            yield return Image("ch_PP-OCRv4_det_infer.onnx", $"detection, {height} × {width}", [1, 3, height, width]);
        }

        (long Batch, long Width)[] lines = quick ? [(1, 320)] : [(1, 160), (1, 320), (6, 320), (1, 960)];
        foreach ((long batch, long width) in lines)
        {
            yield return Image("ch_PP-OCRv4_rec_infer.onnx", $"recognition, {batch} of 48 × {width}", [batch, 3, 48, width]);
        }

        foreach (long batch in quick ? [1L] : (long[])[1, 6])
        {
            yield return Image("ch_ppocr_mobile_v2.0_cls_infer.onnx", $"angle, {batch} of 48 × 192", [batch, 3, 48, 192]);
        }

        yield return new("silero_vad_legacy.onnx", "Silero legacy, 1536 at 16 kHz", new Dictionary<string, long[]> { ["input"] = [1, 1536], ["h"] = [2, 1, 64], ["c"] = [2, 1, 64] }) { Rate = 16000 };
        foreach (string version in quick ? ["v5"] : (string[])["v5", "v6"])
        {
            foreach ((long samples, long rate) in quick ? [(576, 16000)] : ((long, long)[])[(576, 16000), (288, 8000)])
            {
                yield return new($"silero_vad_{version}.onnx", $"Silero {version}, {samples} at {rate / 1000} kHz", new Dictionary<string, long[]> { ["input"] = [1, samples], ["state"] = [2, 1, 128] }) { Rate = rate };
            }
        }
    }

    /// <summary>Fresh inputs.</summary>
    public Dictionary<string, OrtValue> Draw(int seed)
    {
        Random random = new(seed);
        Dictionary<string, OrtValue> values = Inputs.ToDictionary(static i => i.Key, i =>
        {
            float[] elements = new float[i.Value.Aggregate(1L, static (a, b) => a * b)];
            for (int k = 0; k < elements.Length; k++)
            {
                elements[k] = (random.NextSingle() * 2) - 1;
            }

            return OrtValue.CreateTensorValueFromMemory(elements, i.Value);
        });
        if (Rate > 0)
        {
            values.Add("sr", OrtValue.CreateTensorValueFromMemory((long[])[Rate], []));
        }

        return values;
    }

    private static ModelCase Image(string file, string name, long[] shape) => new(file, name, new Dictionary<string, long[]> { ["x"] = shape });
}
