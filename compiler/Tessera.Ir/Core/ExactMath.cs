namespace Tessera.Nn.Weights;

/// <summary>Functions made of IEEE-exact operations only, in a fixed order: equal to the bit on every machine, unlike those of <see cref="Math"/>.</summary>
internal static class ExactMath
{
    private const double Ln2 = 0.693147180559945309417;
    private const double Sqrt2 = 1.41421356237309504880;

    /// <summary>Coefficients of artanh after the first, highest power first.</summary>
    private static ReadOnlySpan<double> Series => [1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3];

    /// <summary>ln x for a positive normal x; within 2 units in the last place.</summary>
    /// <remarks>x = m·2ᵉ with m in [√½, √2]; ln m = 2·artanh t, t = (m − 1)/(m + 1), |t| &lt; 0.1716: eleven terms of the odd series leave less than 10⁻¹⁸.</remarks>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        if (mantissa > Sqrt2)
        {
            mantissa *= 0.5;
            exponent++;
        }

        var t = (mantissa - 1) / (mantissa + 1);
        var square = t * t;
        var sum = 0.0;
        foreach (var coefficient in Series) sum = (sum + coefficient) * square;
        return (exponent * Ln2) + (2 * t) + (2 * t * sum);
    }
}
