namespace Tessera.Kernels.Tests;

/// <summary>The definition of a route in plain loops, LINQ and f64, written apart from the kernel.</summary>
internal static class NaiveRoute
{
    public static RouteResult Run(RouteCase c)
    {
        double[][] rows = [.. c.Logits.Chunk(c.Experts)];
        bool[] bad = [.. rows.Select(r => IsBad(c, r))];
        rows = [.. rows.Select((r, t) => bad[t] ? new double[c.Experts] : r)];
        if (c.ExpertChoice)
            return ByExpert(c, rows, bad);
        (double[] Weights, long[] Ids)[] raw = [.. rows.Select(r => Choose(c, r))];
        (double[] Weights, long[] Ids)[] chosen = [.. raw.Select(x => (Finish(c, x.Weights), x.Ids))];
        double[] first = [.. raw.Select(static x => x.Weights.Length > 0 ? x.Weights[0] : 0)];
        long[] experts = [.. chosen.SelectMany(static x => x.Ids)], slots = new long[experts.Length];
        double[] weights = [.. chosen.SelectMany((x, t) => x.Weights.Select((w, j) => bad[t] && x.Ids[j] >= 0 ? double.NaN : w))];
        if (c.Factor > 0)
            Drop(c, first, weights, experts, slots);
        return new(weights, experts, c.HasSlots ? slots : null);
    }

    private static bool IsBad(RouteCase c, double[] row) =>
        row.Any(double.IsNaN) || (c.Scoring != "sigmoid" && (row.Any(double.IsPositiveInfinity) || row.All(double.IsNegativeInfinity)));

    private static double[] Score(RouteCase c, double[] row)
    {
        if (c.Scoring == "sigmoid")
            return [.. row.Select(static l => 1 / (1 + Math.Exp(-l)))];
        double max = row.Max(), sum = row.Sum(l => Math.Exp(l - max));
        return [.. row.Select(l => Math.Exp(l - max) / sum)];
    }

    /// <summary>Before weights are renormalised and scaled.</summary>
    private static (double[] Weights, long[] Ids) Choose(RouteCase c, double[] row) => c.Scoring switch
    {
        "sparse_top_k" => Sparse(c, row),
        "sparse_mixer" => Mix(c, row),
        _ => Select(c, row),
    };

    private static double[] Finish(RouteCase c, double[] weights)
    {
        double sum = weights.Sum();
        return [.. weights.Select(w => (c.Renormalize ? w / (sum + c.Epsilon) : w) * c.Scale)];
    }

    private static (double[] Weights, long[] Ids) Select(RouteCase c, double[] row)
    {
        double[] scores = c.SelectFirst ? row : Score(c, row), bias = c.Bias ?? new double[c.Experts];
        double[] keys = [.. scores.Zip(bias, static (s, b) => s + b)];
        if (c.GroupCount > 0)
        {
            int size = c.Experts / c.GroupCount;
            double[] best = [.. keys.Chunk(size).Select(g => c.GroupScore == "max" ? g.Max() : g.OrderDescending().Take(2).Sum())];
            HashSet<long> kept = [.. Best(best).Take(c.TopGroups)];
            keys = [.. keys.Select((key, e) => kept.Contains(e / size) ? key : double.NegativeInfinity)];
        }

        long[] ids = [.. Best(keys).Take(c.K)];
        double[] weights = [.. ids.Select(e => scores[e])];
        return (c.SelectFirst && ids.Length > 0 ? Score(c, weights) : weights, ids);
    }

    private static IEnumerable<long> Best(double[] keys) => Enumerable.Range(0, keys.Length).OrderByDescending(i => keys[i]).ThenBy(static i => i).Select(static i => (long)i);

    private static (double[] Weights, long[] Ids) Mix(RouteCase c, double[] row)
    {
        List<long> ids = [];
        List<double> weights = [];
        for (int j = 0; j < c.K; j++)
        {
            long[] left = [.. Best(row).Where(e => !ids.Contains(e))];
            double m = row[left[0]];
            weights.Add(1 / left.Where(e => !((m - row[e]) / Math.Max(Math.Abs(row[e]), m) > 2.0 * c.Jitter)).Sum(e => Math.Exp(row[e] - m)));
            ids.Add(left[0]);
        }

        return ([.. weights], [.. ids]);
    }

    private static (double[] Weights, long[] Ids) Sparse(RouteCase c, double[] row)
    {
        double[] weights = NaiveSparseTopK.Run(row, c.K, c.Lambda, c.P, c.Magnitude);
        return (weights, [.. weights.Select(static (w, e) => w != 0 ? (long)e : -1)]);
    }

    private static long Capacity(RouteCase c, int tokens)
    {
        double exact = (c.Factor > 0 ? c.Factor : 1.0) * c.K * tokens / c.Experts;
        double whole = c.Rounding switch { "ceil" => Math.Ceiling(exact), "round" => Math.Round(exact), _ => Math.Floor(exact) };
        return (long)Math.Ceiling(whole / c.Multiple) * c.Multiple;
    }

    private static IEnumerable<(int From, int To)> Groups(RouteCase c)
    {
        int[] cu = c.Groups ?? [0, c.Tokens];
        return cu.Zip(cu.Skip(1));
    }

    private static void Drop(RouteCase c, double[] first, double[] weights, long[] experts, long[] slots)
    {
        foreach ((int from, int to) in Groups(c))
        {
            IEnumerable<int> tokens = Enumerable.Range(from, to - from), choices = Enumerable.Range(0, c.Columns);
            if (c.Priority == "batch")
                tokens = [.. tokens.OrderByDescending(t => first[t]).ThenBy(static t => t)];
            IEnumerable<int> order = c.Priority == "token"
                ? tokens.SelectMany(t => choices.Select(j => (t * c.Columns) + j))
                : choices.SelectMany(j => tokens.Select(t => (t * c.Columns) + j));
            Dictionary<long, long> taken = [];
            foreach (int i in order)
            {
                long slot = experts[i] < 0 ? long.MaxValue : taken.GetValueOrDefault(experts[i]);
                bool fits = slot < Capacity(c, to - from);
                if (fits)
                    taken[experts[i]] = slot + 1;
                (experts[i], weights[i], slots[i]) = fits ? (experts[i], weights[i], slot) : (-1, 0, -1);
            }
        }
    }

    private static RouteResult ByExpert(RouteCase c, double[][] rows, bool[] bad)
    {
        double[][] scores = [.. rows.Select(r => Score(c, r))];
        long[] experts = [.. Enumerable.Repeat(-1L, c.Tokens * c.Experts)], slots = [.. experts];
        double[] weights = new double[experts.Length];
        foreach ((int from, int to) in Groups(c))
        {
            for (int e = 0; e < c.Experts; e++)
            {
                int[] best = [.. Enumerable.Range(from, to - from).OrderByDescending(t => scores[t][e]).ThenBy(static t => t)];
                for (int rank = 0; rank < Math.Min(Capacity(c, to - from), to - from); rank++)
                {
                    int i = (best[rank] * c.Experts) + e;
                    (experts[i], slots[i], weights[i]) = (e, rank, scores[best[rank]][e]);
                }
            }
        }

        double[] final = [.. weights.Chunk(c.Experts).SelectMany(w => Finish(c, w))];
        return new([.. final.Select((w, i) => experts[i] < 0 ? 0 : bad[i / c.Experts] ? double.NaN : w)], experts, slots);
    }
}
