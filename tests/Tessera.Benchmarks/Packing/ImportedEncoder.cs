using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Tessera.Benchmarks.Attention;
using Tessera.Compiler;
using Tessera.Compiler.Pack;
using Tessera.Runtime;
using Tessera.Testing.Exporters;

namespace Tessera.Benchmarks.Packing;

/// <summary>
/// A file of an encoder of BERT-base's size, as torch's exporter writes it, against what <c>tessera pack</c> makes of it: the file
/// itself in ONNX Runtime with all its optimisations on, sentences padded to the batch's longest or to the model's.
/// </summary>
internal sealed class ImportedEncoder : IDisposable
{
    private const int Threads = 2;
    private const double Scale = 0.02;

    private readonly InferenceSession _original;
    private readonly ModelSession _packed;

    private ImportedEncoder(int layers)
    {
        string folder = Directory.CreateTempSubdirectory("tessera-packing-").FullName;
        try
        {
            string path = Path.Combine(folder, "padded.onnx");
            using (FileStream file = File.Create(path))
            {
                PaddedModels.Bert(EncoderSize.BertBase with { Layers = layers }, Normal).ToModel().WriteTo(file);
            }

            using OnnxModel model = OnnxModel.Load(path);
            PackedModel packed = model.Pack(new PackOptions { Masks = ["attention_mask"] });
            _packed = packed.Model.OpenSession(new ModelSessionOptions { IntraOpThreads = Threads, Configure = Rests });
            using SessionOptions options = new() { IntraOpNumThreads = Threads, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
            Rests(options);
            _original = new InferenceSession(path, options);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Rows for batches of sentences, and for one where there is nothing to pack.</summary>
    public static IEnumerable<Row> Run(bool quick)
    {
        using ImportedEncoder encoder = new(quick ? 2 : EncoderSize.BertBase.Layers);
        int pairs = quick ? 5 : 21;
        LengthSet set = LengthSet.All.Single(static s => s.Name == "sentences");
        Sentences Draw(int pair) => Sentences.Draw(set.Lengths(pair + 1), pair);
        foreach ((string baseline, Func<Sentences, int> size) in (IEnumerable<(string, Func<Sentences, int>)>)[("padded to batch", static s => s.Longest), ("padded to model", _ => set.Cap)])
        {
            double goal = 0.9 * Sentences.MedianOfWork([.. Enumerable.Range(1, pairs).Select(Draw)], size);
            yield return Pairs.Summary("packing", "imported encoder, 32 sentences", $"as exported, {baseline}", Threads, encoder.Ratios(pairs, Draw, size), goal);
        }

        double[] equal = encoder.Ratios(pairs, static seed => Sentences.Draw([.. Enumerable.Repeat(128, 8)], seed), static s => s.Longest);
        yield return Pairs.Summary("packing", "imported encoder, 8 of 128 tokens (nothing to pack)", "as exported", Threads, equal, 0.97);
    }

    public void Dispose()
    {
        _original.Dispose();
        _packed.Dispose();
    }

    // Speed means nothing before both sides agree.
    private double[] Ratios(int pairs, Func<int, Sentences> draw, Func<Sentences, int> size)
    {
        Sentences first = draw(0);
        using (RunResult a = _packed.Run(first.PackedForFile()))
        using (RunOptions run = new())
        using (IDisposableReadOnlyCollection<OrtValue> b = _original.Run(run, first.PaddedForFile(size(first)), ["last_hidden_state", "pooler_output"]))
        {
            first.Check(a.Span<float>("last_hidden_state"), b[0].GetTensorDataAsSpan<float>(), size(first));
            Sentences.CheckRows(a.Span<float>("pooler_output"), b[1].GetTensorDataAsSpan<float>());
        }

        return Pairs.Ratios(
            pairs,
            pair => draw(pair) is var s ? (Packed: s.PackedForFile(), Original: s.PaddedForFile(size(s))) : default,
            inputs => _packed.Run(inputs.Packed).Dispose(),
            inputs =>
            {
                using RunOptions run = new();
                _original.Run(run, inputs.Original, _original.OutputNames).Dispose();
            });
    }

    // Two sessions share the processors: the one that rests must not spin beside the one that is timed.
    private static void Rests(SessionOptions options) => options.AddSessionConfigEntry("session.force_spinning_stop", "1");

    // Box and Muller.
    private static float[] Normal(int count, int seed)
    {
        Random random = new(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = (float)(Scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return numbers;
    }
}
