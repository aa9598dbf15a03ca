namespace Tessera.Kernels.Tests;

/// <summary>Sparse top-k by its closed form and bisection alone, in f64, written apart from the kernel.</summary>
internal static class NaiveSparseTopK
{
    public static double[] Run(double[] x, int k, double lambda, double p, bool magnitude)
    {
        // A float is not 4/3 but stands for it, and so is the power 3.
        double exponent = (float)p == 4f / 3 ? 3 : 1 / (p - 1);
        k = Math.Min(k, x.Length);
        bool bad = magnitude ? !x.All(double.IsFinite) : x.Any(v => double.IsNaN(v) || double.IsPositiveInfinity(v)) || x.Count(double.IsFinite) < k;
        if (bad)
            return [.. x.Select(static _ => double.NaN)];
        return k == 0 ? new double[x.Length] : magnitude ? Magnitude(x, k, lambda, exponent) : Mask(x, k, lambda, exponent);
    }

    private static double[] Mask(double[] x, int k, double lambda, double exponent)
    {
        double Y(double v, double tau) => Math.Clamp(Math.Pow(Math.Max(v - tau, 0) / lambda, exponent), 0, 1);
        if (k == x.Length)
            return [.. x.Select(static _ => 1.0)];
        double tau = Bisect(x.Where(double.IsFinite).Min() - lambda, x.Max(), t => x.Sum(v => Y(v, t)) - k);
        return [.. x.Select(v => Y(v, tau))];
    }

    private static double[] Magnitude(double[] x, int k, double lambda, double exponent)
    {
        double U(double v, double tau) => Math.Pow(Math.Max(Math.Abs(v) - tau, 0) / lambda, exponent);
        double tau = x.Count(static v => v != 0) <= k ? 0 : Bisect(0, x.Max(Math.Abs), t => x.Sum(v => Math.Min(U(v, t), t)) - (k * t));
        return [.. x.Select(v => U(v, tau) >= tau ? v : Math.Sign(v) * (U(v, tau) + Math.Max(Math.Abs(v) - tau, 0)))];
    }

    /// <summary>The middle of the roots of a sum that falls: it may be flat where a gap lies between the chosen and the rest.</summary>
    private static double Bisect(double low, double high, Func<double, double> excess) =>
        (First(low, high, t => excess(t) <= 1e-13) + First(low, high, t => excess(t) < -1e-13)) / 2;

    private static double First(double low, double high, Func<double, bool> holds)
    {
        for (int i = 0; i < 200; i++)
        {
            double middle = low + ((high - low) / 2);
            (low, high) = holds(middle) ? (low, middle) : (middle, high);
        }

        return low + ((high - low) / 2);
    }
}
