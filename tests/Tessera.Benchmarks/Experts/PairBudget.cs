using System.Diagnostics;

namespace Tessera.Benchmarks.Experts;

/// <summary>How often sides are compared: short cases often, long ones until their time is spent.</summary>
internal sealed record PairBudget(int Least, int Most, double Seconds)
{
    public static PairBudget Of(bool quick) => quick ? new(3, 5, 1) : new(5, 21, 5);

    /// <summary>Rows of one case: the first pair only warms up.</summary>
    /// <param name="name">What is run; the number of pairs is added.</param>
    /// <param name="threads">Threads of all sides.</param>
    /// <param name="rows">What each number that a pair gives is compared with, and its goal.</param>
    /// <param name="pair">Runs all sides once, in an order that follows from the number of the pair, and gives ratios.</param>
    public IEnumerable<Row> Rows(string name, int threads, IReadOnlyList<(string Baseline, double Goal)> rows, Func<int, double[]> pair)
    {
        List<double>[] ratios = [.. rows.Select(static _ => new List<double>())];
        pair(0);
        long start = Stopwatch.GetTimestamp();
        int pairs = 0;
        while (pairs < Least || (pairs < Most && Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds))
        {
            double[] found = pair(++pairs);
            for (int i = 0; i < found.Length; i++)
            {
                ratios[i].Add(found[i]);
            }
        }

        for (int i = 0; i < rows.Count; i++)
        {
            ratios[i].Sort();
            yield return Pairs.Summary("moe", $"{name}, {pairs} pairs", rows[i].Baseline, threads, [.. ratios[i]], rows[i].Goal);
        }
    }

    /// <summary>Times of all sides, the first of which changes from pair to pair.</summary>
    public static double[] InTurn(int pair, params IReadOnlyList<Func<double>> sides)
    {
        double[] times = new double[sides.Count];
        for (int turn = 0; turn < sides.Count; turn++)
        {
            int i = (turn + pair) % sides.Count;
            times[i] = sides[i]();
        }

        return times;
    }
}
