namespace Tessera.Ir.Evaluate;

/// <summary>Functions that .NET's Math lacks, in double precision.</summary>
public static class SpecialFunctions
{
    public static double Erf(double x) => Math.Abs(x) < 2 ? ErfSeries(x) : 1 - Erfc(x);

    /// <summary>1 − erf(x), with full relative precision in the right tail.</summary>
    public static double Erfc(double x) => x switch
    {
        double.NaN => double.NaN,
        < -6 => 2,
        > 28 => 0,
        < 2 and > -2 => 1 - ErfSeries(x),
        < 0 => 2 - ErfcFraction(-x),
        _ => ErfcFraction(x),
    };

    // Kummer's form of the Maclaurin series, all terms of one sign: 2/√π e^(−x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!.
    private static double ErfSeries(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 1; n < 200 && Math.Abs(term) > Math.Abs(sum) * 1e-17; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    // Laplace's continued fraction, evaluated backwards: e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …)))).
    private static double ErfcFraction(double x)
    {
        double tail = x;
        for (int n = 200; n > 0; n--)
        {
            tail = x + (n * 0.5 / tail);
        }

        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * tail);
    }
}
