namespace Tessera.Ir.Ops;

/// <summary>The oracle of <see cref="SparseTopK"/> over one row: its τ found by bisection.</summary>
internal sealed record SoftSelection(long K, double Lambda, double Power, bool Magnitude)
{
    // Each step halves an interval of doubles: more change nothing.
    private const int Steps = 2000;

    /// <summary>The selection with q − 1 = 1/(p − 1) as its power; attributes as the ONNX node holds them, in f32.</summary>
    public static SoftSelection Of(SparseTopK op) =>
        new(op.K, (float)op.Lambda.Value, Exponent((float)op.P.Value), op.Magnitude);

    /// <summary>q − 1 for the norm p, exact for what f32 makes of 4/3.</summary>
    public static double Exponent(float p) => p == 4f / 3 ? 3 : 1 / ((double)p - 1);

    public double[] Apply(double[] x) =>
        x.Any(double.IsNaN) || x.Any(v => double.IsInfinity(v) && (Magnitude || v > 0)) || (!Magnitude && x.Count(double.IsFinite) < Math.Min(K, x.Length))
            ? [.. x.Select(static _ => double.NaN)]
            : Magnitude ? Shrunk(x) : Mask(x);

    private double[] Mask(double[] x)
    {
        if (K == 0 || K >= x.Length)
        {
            return [.. x.Select(_ => K == 0 ? 0.0 : 1.0)];
        }

        double[] finite = [.. x.Where(double.IsFinite)];
        double tau = Root(finite.Min() - Lambda, finite.Max(), t => Excess(x.Select(v => Raised(v, t))));
        return [.. x.Select(v => Share(v, tau))];
    }

    private double Share(double x, double tau) => Math.Min(Raised(x, tau), 1);

    private double Raised(double x, double tau) => Math.Pow(Math.Max(x - tau, 0) / Lambda, Power);

    private double[] Shrunk(double[] x)
    {
        double[] a = [.. x.Select(Math.Abs)];
        if (K == 0 || a.Count(static v => v > 0) <= K)
        {
            return [.. x.Select(v => K == 0 ? 0 : v)];
        }

        double tau = Root(0, a.Max(), t => Excess(a.Select(v => Raised(v, t) / t)));
        return [.. x.Select((v, i) => Raised(a[i], tau) >= tau ? v : Math.Sign(v) * (Raised(a[i], tau) + Math.Max(a[i] - tau, 0)))];
    }

    // How far shares, each at most 1, sum to more than k. Whole ones are counted by themselves: beside them a small one would be lost.
    private double Excess(IEnumerable<double> shares)
    {
        (long whole, double parts) = (0, 0);
        foreach (double share in shares)
        {
            (whole, parts) = share >= 1 ? (whole + 1, parts) : (whole, parts + share);
        }

        return (whole - K) + parts;
    }

    // Where a falling function changes its sign.
    private static double Root(double low, double high, Func<double, double> f)
    {
        for (int i = 0; i < Steps; i++)
        {
            double middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
            {
                break;
            }

            (low, high) = f(middle) > 0 ? (middle, high) : (low, middle);
        }

        return high;
    }
}
