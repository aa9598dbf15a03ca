namespace Tessera.Benchmarks.Experts;

/// <summary>
/// A routed layer of experts against everything that ONNX Runtime offers in its place, and against what the machine gives: the larger of
/// the time that its products take at ONNX Runtime's best rate and the time that reading the weights in use takes. All sides of a pair run
/// the same fresh tokens in turn, in an order that rotates; small batches are run many at a time, so that no expert is in a cache by the next.
/// </summary>
internal static class MoeBenchmark
{
    private const int ManyTokens = 64;

    /// <summary>So many tokens for each expert reach every one of them.</summary>
    private const int TokensThatReachAll = 4;

    private static readonly (int Experts, int Hidden)[] s_layers = [(8, 3072), (32, 3072), (128, 768)];

    public static IEnumerable<Row> Run(bool quick)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-moe");
        try
        {
            (int most, int wide) = s_layers[quick ? 0 : 1];
            yield return ExpertMemory.Row(folder.FullName, new ExpertLayer(most, wide));
            foreach ((int experts, int hidden) in s_layers)
            {
                DirectoryInfo own = folder.CreateSubdirectory($"{experts}");
                ExpertLayer layer = new(experts, hidden);
                foreach (Row row in Layer(own.FullName, layer, quick))
                {
                    yield return row;
                }

                own.Delete(recursive: true);
            }

            foreach (Row row in DenseLoopBenchmark.Run(folder.FullName, quick))
            {
                yield return row;
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<Row> Layer(string folder, ExpertLayer layer, bool quick) =>
        MoeCase.Of(layer.Experts, quick).GroupBy(static c => (c.K, c.Threads)).SelectMany(g => Sides(folder, layer, g.Key.K, g.Key.Threads, [.. g], quick))
        .Concat(quick && layer.Experts != 8 ? [] : RoutingShare.Rows(folder, layer, quick))
        .Concat(layer.Experts == 8 || (layer.Experts == 32 && !quick) ? Narrow(folder, layer, quick) : []);

    private static IEnumerable<Row> Sides(string folder, ExpertLayer layer, int k, int threads, MoeCase[] cases, bool quick)
    {
        using Roofline roof = new(threads, [.. layer.W1.Take(8).SelectMany(static w => w)]);
        using ExpertSide ours = ExpertSide.Ours(folder, layer, k, threads);
        using ExpertSide body = ExpertSide.Body(folder, layer, k, threads);
        using ExpertSide moe = ExpertSide.Moe(folder, layer, k, threads);
        using ExpertSide dense = ExpertSide.Dense(folder, layer, threads);
        WarmUp(layer, k, [ours, body, moe]);
        foreach (MoeCase one in cases)
        {
            // The chain has as many rows in all: it is the same work only where each expert has enough of them.
            ExpertSide[] sides = one.Tokens * k / layer.Experts >= ManyTokens ? [ours, body, moe, dense] : [ours, body, moe];
            (string, double)[] rows = [("roofline", 0.75), .. sides.Skip(1).Select((s, i) => (s.Name, i switch { 0 => 1.15, 1 => one.Tokens >= ManyTokens ? 2.0 : 1.2, _ => 0.8 }))];
            foreach (Row row in PairBudget.Of(quick).Rows(one.Name(layer), threads, rows, pair => Pair(layer, sides, roof, one, pair)))
            {
                yield return row;
            }
        }
    }

    // The first read of an expert takes half as long again as the next, whoever reads: a session in service has read all of them.
    private static void WarmUp(ExpertLayer layer, int k, ExpertSide[] sides)
    {
        using ExpertFeed all = new(layer, TokensThatReachAll * layer.Experts, k, skewed: false, seed: 0);
        Array.ForEach(sides, side => side.Time([all]));
    }

    private static double[] Pair(ExpertLayer layer, ExpertSide[] sides, Roofline roof, MoeCase one, int pair)
    {
        ExpertFeed[] work = Feeds(layer, one, pair);
        double[] times = Times(layer, sides, work, pair);
        (double flops, double bytes) = roof.Measure();
        double active = work.Average(w => w.Active(layer.Experts));
        double least = Math.Max(one.Tokens * one.K * layer.TokenFlops / flops, active * layer.ExpertBytes / bytes);
        Array.ForEach(work, static w => w.Dispose());
        return [least / times[0], .. times.Skip(1).Select(t => t / times[0])];
    }

    private static ExpertFeed[] Feeds(ExpertLayer layer, MoeCase one, int pair) =>
        [.. Enumerable.Range(0, one.Feeds).Select(i => new ExpertFeed(layer, one.Tokens, one.K, one.Skewed, (pair * one.Feeds) + i + 1))];

    private static double[] Times(ExpertLayer layer, ExpertSide[] sides, ExpertFeed[] work, int pair)
    {
        if (pair == 0)
        {
            IReadOnlyDictionary<int, double[]> expected = layer.Expected(work[0]);
            Array.ForEach(sides, s => s.Check(work[0], expected));
        }

        return PairBudget.InTurn(pair, [.. sides.Select(s => (Func<double>)(() => s.Time(work)))]);
    }

    private static IEnumerable<Row> Narrow(string folder, ExpertLayer layer, bool quick)
    {
        NarrowLayer narrow = new(layer);
        foreach (int threads in quick ? [2] : new[] { 1, 2 })
        {
            using ExpertSide ours = ExpertSide.Ours(folder, narrow, 2, threads);
            using ExpertSide wide = ExpertSide.Ours(folder, narrow.Wide, 2, threads);
            using ExpertSide theirs = ExpertSide.Moe(folder, narrow, 2, threads);
            foreach (int tokens in quick ? [1] : new[] { 1, 8, 64 })
            {
                MoeCase one = new(2, threads, tokens, false);
                (string, double)[] rows = [("ours, f32", tokens == 1 ? 2.5 : 0), (theirs.Name, tokens == 1 ? 1.2 : 0)];
                foreach (Row row in PairBudget.Of(quick).Rows(one.Name(layer) + ", 4 bits", threads, rows, pair =>
                {
                    ExpertFeed[] work = Feeds(layer, one, pair);
                    double[] times = Times(narrow.Wide, [ours, wide, theirs], work, pair);
                    Array.ForEach(work, static w => w.Dispose());
                    return [times[1] / times[0], times[2] / times[0]];
                }))
                {
                    yield return row;
                }
            }
        }
    }
}
