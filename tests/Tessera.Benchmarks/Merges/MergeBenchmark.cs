using System.Diagnostics;
using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Nn;
using Tessera.Onnx;
using Tessera.Passes;
using Tessera.Passes.Fusion;
using Tessera.Runtime;

namespace Tessera.Benchmarks.Merges;

/// <summary>
/// One block on packed tokens, examples of 64, with products of matrices merged against the same graph without: three
/// projections of one value as one, and the two products that a parallel block adds. ONNX Runtime optimises both sides.
/// </summary>
internal static class MergeBenchmark
{
    private const int ExampleTokens = 64;
    private const double LeastSeconds = 0.02;

    public static IEnumerable<Row> Run(bool quick)
    {
        int[] dims = quick ? [192] : [192, 768];
        int[] tokens = quick ? [64, 256] : [64, 256, 1024];
        foreach (Case c in Cases())
        {
            foreach ((int dim, int threads) in from dim in dims from threads in (int[])[1, 2] select (dim, threads))
            {
                using Sides sides = Sides.Open(c, dim, threads);
                foreach (int n in tokens)
                {
                    double[] ratios = sides.Ratios(n, quick ? 7 : 15);
                    yield return Pairs.Summary("merges", $"{c.Name}, dim {dim}, {n} tokens", c.Baseline, threads, ratios, goal: 0);
                }
            }
        }
    }

    private static IEnumerable<Case> Cases()
    {
        RewritePass sum = new(new MergeSummedMatMuls());
        return
        [
            new("q, k, v by slices", "three products", static d => new SeparateBlock(d), [new MergeSharedInputMatMuls()]),
            new("q, k, v by a split", "three products", static d => new SeparateBlock(d), [new MergeSharedInputMatMuls { BySplit = true }]),
            new("parallel input by slices", "two products", static d => new ParallelModel(d), [new MergeSharedInputMatMuls()]),
            new("parallel input by a split", "two products", static d => new ParallelModel(d), [new MergeSharedInputMatMuls { BySplit = true }]),
            new("parallel output", "two products and a sum", static d => new ParallelModel(d), [sum]),
            new("Gemm for product and bias", "MatMulAddFusion off", static d => new SeparateBlock(d), []) { BaselineWithout = "MatMulAddFusion" },
        ];
    }

    /// <param name="Name">What is measured.</param>
    /// <param name="Baseline">What it is compared with.</param>
    /// <param name="Model">The block for a width.</param>
    /// <param name="Passes">Run on the batched graph, before what canonicalises it again.</param>
    private sealed record Case(string Name, string Baseline, Func<int, Module> Model, IReadOnlyList<IPass> Passes)
    {
        /// <summary>An optimisation of ONNX Runtime that the baseline goes without.</summary>
        public string? BaselineWithout { get; init; }
    }

    /// <summary>Both sessions of a case.</summary>
    private sealed record Sides(ModelSession Merged, ModelSession Plain, int Dim) : IDisposable
    {
        public static Sides Open(Case c, int dim, int threads)
        {
            CompiledModel plain = ModelCompiler.Compile(c.Model(dim), new CompileOptions { Batch = Batching.Packed, Seed = 1 });
            Graph merged = PassRunner.Run(plain.Graph, [.. c.Passes, Pipelines.Canonicalize], new PassContext(new PassOptions()));
            return new Sides(
                ModelSession.FromBytes(OnnxEmitter.Emit(merged, new EmitOptions()).ToBytes(), Options(threads, without: null)),
                plain.OpenSession(Options(threads, c.BaselineWithout)),
                dim);
        }

        /// <summary>Ratios over pairs; each side runs often enough to be timed.</summary>
        public double[] Ratios(int tokens, int pairs)
        {
            Check(Draw(tokens, seed: 0));
            long start = Stopwatch.GetTimestamp();
            Plain.Run(Draw(tokens, seed: 0).Inputs).Dispose();
            int repeats = (int)Math.Clamp(Math.Ceiling(LeastSeconds / Stopwatch.GetElapsedTime(start).TotalSeconds), 1, 100);
            return Pairs.Ratios(pairs, pair => Draw(tokens, pair), batch => Repeat(Merged, batch, repeats), batch => Repeat(Plain, batch, repeats));
        }

        public void Dispose()
        {
            Merged.Dispose();
            Plain.Dispose();
        }

        // Two sessions share the processors: the one that rests must not spin beside the one that is timed.
        private static ModelSessionOptions Options(int threads, string? without) => new()
        {
            IntraOpThreads = threads,
            Configure = options =>
            {
                options.AddSessionConfigEntry("session.force_spinning_stop", "1");
                if (without is not null)
                {
                    options.AddSessionConfigEntry("optimization.disable_specified_optimizers", without);
                }
            },
        };

        private static void Repeat(ModelSession session, PackedBatch batch, int times)
        {
            for (int i = 0; i < times; i++)
            {
                session.Run(batch.Inputs).Dispose();
            }
        }

        private PackedBatch Draw(int tokens, int seed)
        {
            Random random = new(seed);
            IEnumerable<float[]> examples = Enumerable.Range(0, tokens / ExampleTokens)
                .Select(_ => Enumerable.Range(0, ExampleTokens * Dim).Select(_ => (random.NextSingle() * 2) - 1).ToArray());
            return new BatchBuilder().AddTokens("x", "n", examples.ToArray(), Dim).Pack();
        }

        // Speed means nothing before both sides agree.
        private void Check(PackedBatch batch)
        {
            using RunResult merged = Merged.Run(batch.Inputs);
            using RunResult plain = Plain.Run(batch.Inputs);
            Span<float> a = merged.Span<float>("output");
            Span<float> b = plain.Span<float>("output");
            for (int i = 0; i < a.Length; i++)
            {
                if (!(Math.Abs(a[i] - b[i]) <= 1e-4 * (1 + Math.Abs(b[i]))))
                {
                    throw new InvalidOperationException($"merged and plain differ at {i}: {a[i]} and {b[i]}.");
                }
            }
        }
    }
}
