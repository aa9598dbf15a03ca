namespace Tessera.Benchmarks.Attention;

/// <summary>
/// Attention of 12 heads of 64 over packed sequences against everything that ONNX Runtime offers in its place. All sides of a
/// pair attend the same fresh batch in turn, in an order that rotates; what each gives was held against the definition before.
/// The goal of a padded side is the ratio of useful work, B·S² / Σ n²: nothing is to be had from padding that packing does not have.
/// </summary>
internal static class AttentionBenchmark
{
    private const double LeastSeconds = 0.005;
    private const int SortedBatches = 4;

    public static IEnumerable<Row> Run(bool quick)
    {
        int pairs = quick ? 5 : 21;
        foreach (LengthSet set in LengthSet.All)
        {
            IReadOnlyList<Batch> one = Draw(set, pair: 0, batches: 1), several = Draw(set, pair: 0, SortedBatches);
            foreach (int threads in (int[])[1, 2])
            {
                using Side ours = Side.Ours(threads);
                List<Side> baselines = [.. Side.Baselines(set, threads)];
                foreach (Row row in Compare(set, threads, ours, baselines, one, pairs))
                {
                    yield return row;
                }

                using Side sorted = Side.Sorted(set, threads);
                foreach (Row row in Compare(set, threads, ours, [sorted], several, pairs))
                {
                    yield return row;
                }

                baselines.ForEach(static b => b.Dispose());
            }
        }
    }

    private static IEnumerable<Row> Compare(LengthSet set, int threads, Side ours, IReadOnlyList<Side> baselines, IReadOnlyList<Batch> first, int pairs)
    {
        Side[] sides = [ours, .. baselines];
        List<double>[] ratios = [.. sides.Select(static _ => new List<double>())];
        List<double>[] ideals = [.. sides.Select(static _ => new List<double>())];
        int repeats = 1;
        for (int pair = 0; pair <= pairs; pair++)
        {
            IReadOnlyList<Batch> work = pair == 0 ? first : Draw(set, pair, first.Count);
            double[] times = Round(sides, work, pair, ref repeats);
            for (int i = 1; pair > 0 && i < sides.Length; i++)
            {
                double ideal = sides[i].Ideal(work);
                ratios[i].Add(times[i] / times[0] / (sides[i].PerWork ? ideal : 1));
                ideals[i].Add(sides[i].PerWork ? 1 : ideal);
            }
        }

        for (int i = 1; i < sides.Length; i++)
        {
            ratios[i].Sort();
            ideals[i].Sort();
            yield return Pairs.Summary("attention", set.Name, sides[i].Name, threads, [.. ratios[i]], sides[i].Factor * ideals[i][ideals[i].Count / 2]);
        }
    }

    private static IReadOnlyList<Batch> Draw(LengthSet set, int pair, int batches) =>
        [.. Enumerable.Range(0, batches).Select(i => (pair * batches) + i + 1).Select(seed => Batch.Draw(set.Lengths(seed), seed))];

    // The first round checks, warms up and measures how often a short run must be repeated to be timed.
    private static double[] Round(Side[] sides, IReadOnlyList<Batch> work, int pair, ref int repeats)
    {
        Feed[][] feeds = [.. sides.Select(s => s.Feeds(work).ToArray())];
        GC.Collect();
        double[] times = new double[sides.Length];
        for (int turn = 0; turn < sides.Length; turn++)
        {
            int i = (turn + pair) % sides.Length;
            if (pair == 0)
            {
                sides[i].Check(feeds[i][0]);
            }

            times[i] = sides[i].Time(feeds[i], repeats);
        }

        if (pair == 0)
        {
            repeats = (int)Math.Clamp(Math.Ceiling(LeastSeconds / sides[0].Time(feeds[0], 1)), 1, 100);
        }

        foreach (Feed feed in feeds.SelectMany(static f => f))
        {
            feed.Dispose();
        }

        return times;
    }
}
