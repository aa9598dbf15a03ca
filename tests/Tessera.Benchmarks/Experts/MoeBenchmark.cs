namespace Tessera.Benchmarks.Experts;

/// <summary>
/// A routed layer of experts against everything that ONNX Runtime offers in its place, and against what the machine gives: the larger of
/// the time that its products take at ONNX Runtime's best rate and the time that reading the weights in use takes. All sides of a pair run
/// the same fresh tokens in turn, in an order that rotates; small batches are run many at a time, so that no expert is in a cache by the next.
/// </summary>
internal static class MoeBenchmark
{
    private const int FewTokens = 8;
    private const int ManyTokens = 64;

    private static readonly (int Experts, int Hidden, int[] K)[] s_layers = [(8, 3072, [1, 2]), (32, 3072, [1, 2, 8]), (128, 768, [1, 2, 8])];

    public static IEnumerable<Row> Run(bool quick)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-moe");
        try
        {
            foreach ((int experts, int hidden, int[] ks) in quick ? [(8, 3072, [2]), (32, 3072, [2])] : s_layers)
            {
                ExpertLayer layer = new(experts, hidden);
                foreach (int k in ks)
                {
                    foreach (int threads in quick ? [2] : new[] { 1, 2 })
                    {
                        foreach (Row row in Layer(folder.FullName, layer, k, threads, quick))
                        {
                            yield return row;
                        }
                    }
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<Row> Layer(string folder, ExpertLayer layer, int k, int threads, bool quick)
    {
        using Roofline roof = new(threads, [.. layer.W1.Take(8).SelectMany(static w => w)]);
        ExpertSide[] sides =
        [
            ExpertSide.Ours(folder, layer, k, threads), ExpertSide.Body(folder, layer, k, threads),
            ExpertSide.Moe(folder, layer, k, threads), ExpertSide.Dense(folder, layer, threads),
        ];
        foreach (bool skewed in quick ? [false] : new[] { false, true })
        {
            foreach (int tokens in quick ? [1, 64, 512] : new[] { 1, 8, 64, 512, 1536 })
            {
                foreach (Row row in Case(layer, sides, roof, k, tokens, threads, skewed, quick ? 5 : 21))
                {
                    yield return row;
                }
            }
        }

        Array.ForEach(sides, static s => s.Dispose());
    }

    private static IEnumerable<Row> Case(ExpertLayer layer, ExpertSide[] sides, Roofline roof, int k, int tokens, int threads, bool skewed, int pairs)
    {
        List<double>[] ratios = [.. sides.Select(static _ => new List<double>())];
        int feeds = tokens <= FewTokens ? 16 : tokens <= ManyTokens ? 4 : 1;
        for (int pair = 0; pair <= pairs; pair++)
        {
            ExpertFeed[] work = [.. Enumerable.Range(0, feeds).Select(i => new ExpertFeed(layer, tokens, k, skewed, (pair * feeds) + i + 1))];
            double[] times = Round(sides, work, layer, pair);
            (double flops, double bytes) = roof.Measure();
            double active = work.Average(w => w.Active(layer.Experts));
            double least = Math.Max(tokens * k * layer.TokenFlops / flops, active * layer.ExpertBytes / bytes);
            Array.ForEach(work, static w => w.Dispose());
            if (pair > 0)
            {
                ratios[0].Add(least / times[0]);
                for (int i = 1; i < sides.Length; i++)
                {
                    ratios[i].Add(times[i] / times[0]);
                }
            }
        }

        string name = $"E={layer.Experts} k={k} T={tokens} {(skewed ? "skewed" : "even")}";
        for (int i = 0; i < sides.Length; i++)
        {
            ratios[i].Sort();
            yield return Pairs.Summary("moe", name, i == 0 ? "roofline" : sides[i].Name, threads, [.. ratios[i]], Goal(i, layer, k, tokens));
        }
    }

    // Of the roofline, the body, ONNX Runtime's op, and the dense chain where experts have enough rows.
    private static double Goal(int side, ExpertLayer layer, int k, int tokens) => side switch
    {
        0 => 0.75,
        1 => 1.15,
        2 => tokens >= ManyTokens ? 2.0 : 1.2,
        _ => tokens * k / layer.Experts >= ManyTokens ? 0.8 : 0,
    };

    private static double[] Round(ExpertSide[] sides, ExpertFeed[] work, ExpertLayer layer, int pair)
    {
        double[] times = new double[sides.Length];
        for (int turn = 0; turn < sides.Length; turn++)
        {
            int i = (turn + pair) % sides.Length;
            if (pair == 0)
            {
                sides[i].Check(work[0], layer);
            }

            times[i] = sides[i].Time(work);
        }

        return times;
    }
}
