using Tessera.Compiler;
using Tessera.Nn.Models;
using Tessera.Onnx;
using Tessera.Runtime;

namespace Tessera.Benchmarks;

/// <summary>
/// NaViT-B on eight images of 128 to 1024 tokens: packed with Tessera's kernels against our own best padded graph, which is
/// written for ONNX Runtime (MultiHeadAttention with key mask, all its optimisations on).
/// </summary>
internal static class NaViTBenchmark
{
    private const int Threads = 2;
    private static readonly int[] s_mixed = [128, 128, 256, 256, 576, 576, 784, 1024];

    public static IEnumerable<Row> Run(bool quick)
    {
        NaViT model = quick ? NaViT.Ti16() : NaViT.B16();
        using ModelSession packed = Open(model, Batching.Packed, EmitTarget.Tessera);
        using ModelSession padded = Open(model, Batching.Padded, EmitTarget.Ort);
        foreach ((string name, int[] tokens, double goal) in Cases())
        {
            Check(packed, padded, Images.Draw(model.PatchSize, tokens, seed: 0));
            double[] ratios = Pairs.Ratios(
                quick ? 5 : 7,
                pair => Images.Draw(model.PatchSize, tokens, seed: pair),
                images => packed.Run(images.Packed.Inputs).Dispose(),
                images => padded.Run(images.Padded.Inputs).Dispose());
            yield return Pairs.Summary("navit", name, "padded, ort", Threads, ratios, goal);
        }
    }

    private static IEnumerable<(string Name, int[] Tokens, double Goal)> Cases() =>
    [
        ("mixed 128 … 1024", s_mixed, 1.5),
        ("equal 256 (nothing to pack)", [256, 256, 256, 256], 0.9),
    ];

    private static ModelSession Open(NaViT model, Batching batch, EmitTarget target) =>
        ModelCompiler.Compile(model, new CompileOptions { Batch = batch, Seed = 1, Emit = new EmitOptions { Target = target } })
            .OpenSession(new ModelSessionOptions { IntraOpThreads = Threads });

    // Speed means nothing before both sides agree.
    private static void Check(ModelSession packed, ModelSession padded, Images images)
    {
        using RunResult a = packed.Run(images.Packed.Inputs);
        using RunResult b = padded.Run(images.Padded.Inputs);
        Span<float> x = a.Span<float>("embedding");
        Span<float> y = b.Span<float>("embedding");
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < x.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs((double)x[i] - y[i]));
            largest = Math.Max(largest, Math.Abs((double)y[i]));
        }

        if (!(worst <= 1e-4 * largest))
        {
            throw new InvalidOperationException($"packed and padded differ by {worst:E2} where the largest value is {largest:E2}.");
        }
    }

    /// <summary>One batch of random images, packed and padded.</summary>
    private sealed record Images(PackedBatch Packed, PaddedBatch Padded)
    {
        public static Images Draw(int patchSize, int[] tokens, int seed)
        {
            Random random = new(seed);
            float[][] patches = [.. tokens.Select(n => Enumerable.Range(0, n * patchSize).Select(_ => (random.NextSingle() * 2) - 1).ToArray())];
            int[] widths = [.. tokens.Select(static n => (int)Math.Sqrt(n) is var side && n % side == 0 ? side : 16)];
            BatchBuilder builder = new BatchBuilder()
                .AddTokens("patches", "n", patches, patchSize)
                .AddTokens("rows", "n", tokens.Select((n, i) => Enumerable.Range(0, n).Select(t => (long)(t / widths[i])).ToArray()))
                .AddTokens("columns", "n", tokens.Select((n, i) => Enumerable.Range(0, n).Select(t => (long)(t % widths[i])).ToArray()))
                .AddRows("height", tokens.Select((n, i) => new[] { (long)(n / widths[i]) }))
                .AddRows("width", widths.Select(static w => new[] { (long)w }));
            return new Images(builder.Pack(), builder.Pad());
        }
    }
}
