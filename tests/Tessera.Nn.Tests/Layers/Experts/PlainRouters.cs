namespace Tessera.Nn.Tests.Layers;

/// <summary>The routers of the literature by their formulas, each a table of the weight that a token gives an expert, <c>[n][E]</c>.</summary>
internal static class PlainRouters
{
    /// <summary>Softmax over all, the k best, each weighted by its own probability.</summary>
    public static double[][] SoftmaxTopK(double[][] logits, int k) => Plain.Map(logits, row => Kept(Plain.Softmax(row), Best(Plain.Softmax(row), k)));

    /// <summary>The same, divided by what the k have together: top-k, then softmax over them.</summary>
    public static double[][] Renormalised(double[][] logits, int k) => Plain.Map(SoftmaxTopK(logits, k), static row => [.. row.Select(w => w / row.Sum())]);

    /// <summary>V-MoE and Switch: assignments in order, those that find their expert full are dropped.</summary>
    /// <param name="logits">One row a token.</param>
    /// <param name="k">Experts of each.</param>
    /// <param name="capacity">Room of an expert.</param>
    /// <param name="byWeight">Whether tokens of larger weights are served first.</param>
    public static double[][] Bounded(double[][] logits, int k, int capacity, bool byWeight)
    {
        double[][] gates = Plain.Map(logits, Plain.Softmax);
        double[][] result = [.. gates.Select(static g => new double[g.Length])];
        int[] taken = new int[gates[0].Length];
        int[] tokens = [.. Enumerable.Range(0, gates.Length)];
        tokens = byWeight ? [.. tokens.OrderByDescending(t => gates[t].Max())] : tokens;
        for (int choice = 0; choice < k; choice++)
        {
            foreach (int t in tokens)
            {
                int expert = Best(gates[t], k)[choice];
                result[t][expert] = taken[expert]++ < capacity ? gates[t][expert] : 0;
            }
        }

        return result;
    }

    /// <summary>DeepSeek-V2: the k best among the groups whose best expert is best.</summary>
    public static double[][] GroupLimited(double[][] logits, int k, int groups, int topGroups, double scale) => Plain.Map(logits, row =>
    {
        double[] p = Plain.Softmax(row);
        int size = p.Length / groups;
        int[] open = Best([.. p.Chunk(size).Select(static g => g.Max())], topGroups);
        double[] masked = [.. p.Select((v, e) => open.Contains(e / size) ? v : 0)];
        return [.. Kept(p, Best(masked, k)).Select(w => w * scale)];
    });

    /// <summary>DeepSeek-V3: sigmoids, chosen with the bias and weighted without.</summary>
    public static double[][] Corrected(double[][] logits, double[] bias, int k, int groups, int topGroups, double scale) => Plain.Map(logits, row =>
    {
        double[] s = [.. row.Select(static l => 1 / (1 + Math.Exp(-l)))];
        double[] corrected = [.. s.Zip(bias, static (a, b) => a + b)];
        int size = s.Length / groups;
        int[] open = Best([.. corrected.Chunk(size).Select(static g => g.OrderDescending().Take(2).Sum())], topGroups);
        double[] masked = [.. corrected.Select((v, e) => open.Contains(e / size) ? v : double.NegativeInfinity)];
        double[] kept = Kept(s, Best(masked, k));
        return [.. kept.Select(w => w / (kept.Sum() + 1e-20) * scale)];
    });

    /// <summary>Each expert takes the tokens that rate it highest, of their softmax over experts.</summary>
    public static double[][] ChosenByExperts(double[][] logits, int capacity)
    {
        double[][] gates = Plain.Map(logits, Plain.Softmax);
        double[][] result = [.. gates.Select(static g => new double[g.Length])];
        for (int e = 0; e < gates[0].Length; e++)
        {
            foreach (int t in Best([.. gates.Select(g => g[e])], capacity))
            {
                result[t][e] = gates[t][e];
            }
        }

        return result;
    }

    /// <summary>PhiMoE's two passes: the best expert, weighted among those near it; the same again without it.</summary>
    public static double[][] SparseMixer(double[][] logits, double jitter) => Plain.Map(logits, row =>
    {
        double[] result = new double[row.Length];
        int first = Best(row, 1)[0];
        double[] left = [.. row.Select((l, e) => e == first ? double.NegativeInfinity : l)];
        foreach (double[] candidates in new[] { row, left })
        {
            double max = candidates.Max();
            double[] near = [.. candidates.Select((l, e) => (max - row[e]) / Math.Max(Math.Abs(row[e]), max) > 2 * jitter ? double.NegativeInfinity : l)];
            int best = Best(candidates, 1)[0];
            result[best] = Plain.Softmax(near)[best];
        }

        return result;
    });

    /// <summary>Positions of the k largest, largest first, of equal ones the lower.</summary>
    public static int[] Best(double[] row, int k) => [.. Enumerable.Range(0, row.Length).OrderByDescending(i => row[i]).Take(k)];

    private static double[] Kept(double[] row, int[] kept) => [.. row.Select((v, i) => kept.Contains(i) ? v : 0)];
}
