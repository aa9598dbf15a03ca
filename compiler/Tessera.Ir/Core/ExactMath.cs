namespace Tessera.Ir;

/// <summary>
/// Functions made of IEEE-exact operations only, in a fixed order: equal to the bit on every machine, unlike those of
/// <see cref="Math"/>. Whatever becomes bytes of a model is computed by these.
/// </summary>
public static class ExactMath
{
    private const double Ln2 = 0.693147180559945309417;
    private const double Sqrt2 = 1.41421356237309504880;

    // Its last 21 bits are zero, so that its products with exponents are exact; the rest of ln 2 is Ln2Low.
    private const double Ln2High = 0.693147180369123816490;
    private const double Ln2Low = 1.90821492927058770002e-10;

    /// <summary>Coefficients of artanh after the first, highest power first.</summary>
    private static ReadOnlySpan<double> Series => [1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3];

    /// <summary>ln x for a positive normal x; within 2 units in the last place.</summary>
    /// <remarks>x = m·2ᵉ with m in [√½, √2]; ln m = 2·artanh t, t = (m − 1)/(m + 1), |t| &lt; 0.1716: eleven terms of the odd series leave less than 10⁻¹⁸.</remarks>
    public static double Log(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) - 1023;
        double mantissa = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        if (mantissa > Sqrt2)
        {
            mantissa *= 0.5;
            exponent++;
        }

        double t = (mantissa - 1) / (mantissa + 1);
        double square = t * t;
        double sum = 0.0;
        foreach (double coefficient in Series)
        {
            sum = (sum + coefficient) * square;
        }

        return (exponent * Ln2) + (2 * t) + (2 * t * sum);
    }

    /// <summary>eˣ; within 2 units in the last place where the result is normal.</summary>
    /// <remarks>x = k·ln 2 + r with |r| ≤ ½ ln 2; fifteen terms of the series leave less than 10⁻¹⁹ of eʳ.</remarks>
    public static double Exp(double x)
    {
        if (double.IsNaN(x) || x > 710 || x < -746)
        {
            return double.IsNaN(x) ? x : x > 0 ? double.PositiveInfinity : 0;
        }

        double k = Math.Round(x / Ln2);
        double r = x - (k * Ln2High) - (k * Ln2Low);
        double sum = 1;
        for (int n = 15; n > 0; n--)
        {
            sum = 1 + (r / n * sum);
        }

        return Math.ScaleB(sum, (int)k);
    }

    /// <summary>bˣ for a positive normal b, by <see cref="Exp"/> and <see cref="Log"/>: |x ln b| units in the last place more than these.</summary>
    public static double Pow(double b, double x) => Exp(x * Log(b));
}
