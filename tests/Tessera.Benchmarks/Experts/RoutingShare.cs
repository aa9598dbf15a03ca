namespace Tessera.Benchmarks.Experts;

/// <summary>
/// The time of a whole layer against that of all in it but its products: routing, order and sum. These are what experts without hidden
/// columns would take, on the line through the times of experts of one panel of columns and of all: products of one panel alone are no
/// faster than in a whole, so that it is rather too much than too little.
/// </summary>
internal static class RoutingShare
{
    private const int Panel = 64;
    private const int Tokens = 512;
    private const int Times = 4;
    private const double Most = 0.05;

    /// <summary>Less than this is not told apart.</summary>
    private const double Least = 1e-3;

    public static IEnumerable<Row> Rows(string folder, ExpertLayer layer, bool quick)
    {
        ExpertLayer panel = new(layer.Experts, Panel);
        foreach (int threads in quick ? [2] : new[] { 1, 2 })
        {
            MoeCase batch = new(2, threads, Tokens, false);
            using ExpertSide whole = ExpertSide.Ours(folder, layer, batch.K, threads);
            using ExpertSide narrow = ExpertSide.Ours(folder, panel, batch.K, threads);
            foreach (Row row in PairBudget.Of(quick).Rows(batch.Name(layer) + ", whole layer", threads, [("all but its products: at most 5 %", 1 / Most)], pair =>
            {
                ExpertFeed[] work = [.. Enumerable.Range(0, Times).Select(i => new ExpertFeed(layer, Tokens, batch.K, false, (pair * Times) + i + 1))];
                double[] times = PairBudget.InTurn(pair, () => whole.Time(work[..1]), () => narrow.Time(work));
                Array.ForEach(work, static w => w.Dispose());
                double rest = times[1] - (Panel * (times[0] - times[1]) / (layer.Hidden - Panel));
                return [1 / Math.Max(rest / times[0], Least)];
            }))
            {
                yield return row;
            }
        }
    }
}
