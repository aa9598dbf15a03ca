using Tessera.Benchmarks.Attention;
using Tessera.Compiler;
using Tessera.Onnx;
using Tessera.Runtime;

namespace Tessera.Benchmarks.Packing;

/// <summary>
/// Whole models, packed with Tessera's kernels against the same model padded or dense as ONNX Runtime likes it best: NaViT-B on
/// images, an encoder like BERT-base on 32 sentences, the same read from an exporter's file, and all where there is nothing to pack. Every pair is another batch.
/// </summary>
internal static class PackingBenchmark
{
    private const int Threads = 2;

    public static IEnumerable<Row> Run(bool quick) =>
        NaViTBenchmark.Run(quick).Concat(Encoder(quick)).Concat(ImportedEncoder.Run(quick)).Select(static row => row with { Benchmark = "packing" });

    private static IEnumerable<Row> Encoder(bool quick)
    {
        SentenceEncoder model = new(quick ? 2 : 12);
        int pairs = quick ? 5 : 21;
        LengthSet set = LengthSet.All.Single(static s => s.Name == "sentences");
        using ModelSession packed = Open(model, Batching.Packed, EmitTarget.Tessera);
        using (ModelSession padded = Open(model, Batching.Padded, EmitTarget.Ort))
        {
            foreach ((string baseline, Func<Sentences, int> size) in Sizes(set.Cap))
            {
                double[] ratios = Ratios(pairs, seed => Sentences.Draw(set.Lengths(seed + 1), seed), packed, padded, s => s.Padded(size(s)), size);
                double goal = 0.9 * Sentences.MedianOfWork([.. Enumerable.Range(1, pairs).Select(seed => Sentences.Draw(set.Lengths(seed + 1), seed))], size);
                yield return Pairs.Summary("packing", "encoder, 32 sentences", baseline, Threads, ratios, goal);
            }
        }

        using ModelSession dense = Open(model, Batching.Dense, EmitTarget.Ort);
        double[] equal = Ratios(pairs, static seed => Sentences.Draw([128, 128, 128, 128, 128, 128, 128, 128], seed), packed, dense, static s => s.Dense(s.Longest), static s => s.Longest);
        yield return Pairs.Summary("packing", "encoder, 8 of 128 tokens (nothing to pack)", "dense", Threads, equal, 0.97);
    }

    private static IEnumerable<(string Baseline, Func<Sentences, int> Size)> Sizes(int cap) =>
        [("padded to batch", static s => s.Longest), ("padded to model", _ => cap)];

    private static double[] Ratios(
        int pairs, Func<int, Sentences> draw, ModelSession packed, ModelSession other, Func<Sentences, TensorInput[]> form, Func<Sentences, int> size)
    {
        Sentences first = draw(0);
        using (RunResult a = packed.Run(first.Packed()))
        using (RunResult b = other.Run(form(first)))
        {
            first.Check(a.Span<float>("output"), b.Span<float>("output"), size(first));
        }

        return Pairs.Ratios(
            pairs,
            pair => draw(pair) is var s ? (Packed: s.Packed(), Other: form(s)) : default,
            inputs => packed.Run(inputs.Packed).Dispose(),
            inputs => other.Run(inputs.Other).Dispose());
    }

    // Two sessions share the processors: the one that rests must not spin beside the one that is timed.
    private static ModelSession Open(SentenceEncoder model, Batching batch, EmitTarget target) =>
        ModelCompiler.Compile(model, new CompileOptions { Batch = batch, Seed = 1, Emit = new EmitOptions { Target = target } })
            .OpenSession(new ModelSessionOptions
            {
                IntraOpThreads = Threads,
                Configure = static options => options.AddSessionConfigEntry("session.force_spinning_stop", "1"),
            });
}
