namespace Tessera.Kernels.Cpu;

/// <summary>Elementary functions in f64 that .NET has not.</summary>
internal static class DoubleMath
{
    /// <summary>Φ(x) = ½·erfc(−x/√2), to a few ulp: a series of positive terms near 0, a continued fraction in the tails.</summary>
    public static double NormalCdf(double x)
    {
        const double Near = 2;
        if (double.IsNaN(x))
            return x;
        double a = Math.Abs(x), density = Math.Exp(-0.5 * a * a) / Math.Sqrt(2 * Math.PI);
        double tail = a < Near ? 0.5 - (density * Series(a)) : density * Fraction(a);
        return x < 0 ? tail : 1 - tail;
    }

    /// <summary>a + a³/3 + a⁵/(3·5) + …</summary>
    private static double Series(double a)
    {
        double sum = a, term = a;
        for (int n = 3; term > sum * 1e-17; n += 2)
        {
            term *= a * a / n;
            sum += term;
        }

        return sum;
    }

    /// <summary>1/(a + 1/(a + 2/(a + …))), from within.</summary>
    private static double Fraction(double a)
    {
        const int Depth = 60;
        double value = a;
        for (int n = Depth; n > 0; n--)
            value = a + (n / value);
        return 1 / value;
    }
}
