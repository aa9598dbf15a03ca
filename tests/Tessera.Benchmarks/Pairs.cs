using System.Diagnostics;

namespace Tessera.Benchmarks;

/// <summary>Times two ways of doing one thing in turn, so that both see the same machine.</summary>
public static class Pairs
{
    /// <summary>Ratios of baseline time to ours, sorted; the order inside a pair alternates, and the first pair only warms up.</summary>
    /// <param name="pairs">How many pairs count.</param>
    /// <param name="prepare">Makes fresh inputs for a pair.</param>
    /// <param name="ours">What is measured.</param>
    /// <param name="baseline">What it is compared with.</param>
    public static double[] Ratios<T>(int pairs, Func<int, T> prepare, Action<T> ours, Action<T> baseline) =>
        [.. Times(pairs, prepare, ours, baseline).Select(static t => t.Baseline / t.Ours).Order()];

    /// <summary>Both times of every pair that counts, in seconds; the order inside a pair alternates, and the first pair only warms up.</summary>
    public static IEnumerable<(double Ours, double Baseline)> Times<T>(int pairs, Func<int, T> prepare, Action<T> ours, Action<T> baseline)
    {
        for (int pair = 0; pair <= pairs; pair++)
        {
            T inputs = prepare(pair);
            bool oursFirst = pair % 2 == 0;
            double first = Time(oursFirst ? ours : baseline, inputs);
            double second = Time(oursFirst ? baseline : ours, inputs);
            if (pair > 0)
            {
                yield return oursFirst ? (first, second) : (second, first);
            }
        }
    }

    /// <summary>A row from sorted ratios.</summary>
    public static Row Summary(string benchmark, string name, string baseline, int threads, double[] sorted, double goal) =>
        new(benchmark, name, baseline, threads, At(sorted, 0.5), At(sorted, 0.25), At(sorted, 0.75), goal);

    private static double At(double[] sorted, double quantile)
    {
        double position = quantile * (sorted.Length - 1);
        int low = (int)position;
        int high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + ((position - low) * (sorted[high] - sorted[low]));
    }

    private static double Time<T>(Action<T> action, T inputs)
    {
        long start = Stopwatch.GetTimestamp();
        action(inputs);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
