using Tessera.Compiler;
using Tessera.Nn.Models;
using Tessera.Onnx;
using Tessera.Runtime;

namespace Tessera.Benchmarks;

/// <summary>
/// NaViT-B on eight images of 128 to 1024 tokens: packed with Tessera's kernels against our own best padded graph, which is
/// written for ONNX Runtime (MultiHeadAttention with key mask, all its optimisations on); on images of one size, against the dense graph.
/// </summary>
internal static class NaViTBenchmark
{
    private const int Threads = 2;
    private static readonly Case[] s_cases =
    [
        new("NaViT-B, mixed 128 … 1024", [128, 128, 256, 256, 576, 576, 784, 1024], "padded, ort", Batching.Padded, 1.6),
        new("NaViT-B, equal 256 (nothing to pack)", [256, 256, 256, 256], "dense, ort", Batching.Dense, 0.97),
    ];


    public static IEnumerable<Row> Run(bool quick)
    {
        NaViT model = quick ? NaViT.Ti16() : NaViT.B16();
        using ModelSession packed = Open(model, Batching.Packed, EmitTarget.Tessera);
        foreach (Case c in s_cases)
        {
            using ModelSession other = Open(model, c.Batching, EmitTarget.Ort);
            Check(packed, other, Images.Draw(model.PatchSize, c.Tokens, c.Batching, seed: 0));
            double[] ratios = Pairs.Ratios(
                quick ? 5 : 21,
                pair => Images.Draw(model.PatchSize, c.Tokens, c.Batching, seed: pair),
                images => packed.Run(images.Packed).Dispose(),
                images => other.Run(images.Other).Dispose());
            yield return Pairs.Summary("navit", c.Name, c.Baseline, Threads, ratios, c.Goal);
        }
    }

    private sealed record Case(string Name, int[] Tokens, string Baseline, Batching Batching, double Goal);

    // Two sessions share the processors: the one that rests must not spin beside the one that is timed.
    private static ModelSession Open(NaViT model, Batching batch, EmitTarget target) =>
        ModelCompiler.Compile(model, new CompileOptions { Batch = batch, Seed = 1, Emit = new EmitOptions { Target = target } })
            .OpenSession(new ModelSessionOptions
            {
                IntraOpThreads = Threads,
                Configure = static options => options.AddSessionConfigEntry("session.force_spinning_stop", "1"),
            });

    // Speed means nothing before both sides agree.
    private static void Check(ModelSession packed, ModelSession other, Images images)
    {
        using RunResult a = packed.Run(images.Packed);
        using RunResult b = other.Run(images.Other);
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
            throw new InvalidOperationException($"packed and not packed differ by {worst:E2} where the largest value is {largest:E2}.");
        }
    }

    /// <summary>One batch of random images, packed and as the other side takes it.</summary>
    private sealed record Images(TensorInput[] Packed, TensorInput[] Other)
    {
        public static Images Draw(int patchSize, int[] tokens, Batching batching, int seed)
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
            IEnumerable<TensorInput> other = builder.Pad().Inputs.ToArray();
            return new Images([.. builder.Pack().Inputs], [.. batching == Batching.Dense ? other.Where(static i => i.Name != "lengths_n") : other]);
        }
    }
}
