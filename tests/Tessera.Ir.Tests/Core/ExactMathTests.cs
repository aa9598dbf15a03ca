using Xunit;

namespace Tessera.Ir.Tests.Core;

/// <summary>Our own logarithm and exponential against the platform's, and by bits that no machine may change.</summary>
public class ExactMathTests
{
    [Fact]
    public void Logarithm_is_that_of_the_library_to_the_last_digits()
    {
        for (int i = 1; i <= 100_000; i++)
        {
            double x = i / 100_000.0;
            foreach (double value in new[] { x, x * 1e-12, Math.BitDecrement(x) })
            {
                Assert.Equal(Math.Log(value), ExactMath.Log(value), tolerance: 4.5e-16 * Math.Max(1e-3, Math.Abs(Math.Log(value))));
            }
        }
    }

    [Fact]
    public void Exponential_is_that_of_the_library_to_the_last_digits()
    {
        for (int i = -70_000; i <= 70_000; i++)
        {
            double x = i / 100.0;
            Assert.Equal(1, ExactMath.Exp(x) / Math.Exp(x), tolerance: 4.5e-16);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(710, double.PositiveInfinity)]
    [InlineData(709.8, double.PositiveInfinity)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(-746, 0)]
    [InlineData(-745.2, 0)]
    [InlineData(double.NaN, double.NaN)]
    public void Exponential_has_limits(double x, double expected) => Assert.Equal(expected, ExactMath.Exp(x));

    [Theory]
    [InlineData(1, "4005BF0A8B14576A")]
    [InlineData(-1, "3FD78B56362CEF38")]
    [InlineData(-700, "00D14F2B0FB9307F")]
    [InlineData(0.3, "3FF599058C8C1A96")]
    public void Bits_of_the_exponential_never_change(double x, string bits) =>
        Assert.Equal(bits, BitConverter.DoubleToInt64Bits(ExactMath.Exp(x)).ToString("X16", System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void Power_is_that_of_the_library()
    {
        foreach (double b in new[] { 2, 50, 10_000, 500_000, 0.5 })
        {
            for (int i = 0; i <= 64; i++)
            {
                double x = -2.0 * i / 128;
                Assert.Equal(1, ExactMath.Pow(b, x) / Math.Pow(b, x), tolerance: 5e-15);
            }
        }
    }
}
