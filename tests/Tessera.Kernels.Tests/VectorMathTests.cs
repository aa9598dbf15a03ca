using System.Runtime.Intrinsics;
using Tessera.Kernels.Cpu;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Tests;

public sealed unsafe class VectorMathTests
{
    [Fact]
    public void Exp2_is_within_one_ulp() =>
        Assert.InRange(WorstUlp(Exp2, static x => Math.Pow(2, x), -126, 0), 0, 1.0);

    [Fact]
    public void Exp_is_within_two_ulp() =>
        Assert.InRange(WorstUlp(Exp, Math.Exp, -87, 0), 0, 2.0);

    [Fact]
    public void Tanh_is_within_three_ulp() =>
        Assert.InRange(WorstUlp(Tanh, Math.Tanh, -12, 12), 0, 3.0);

    [Fact]
    public void Sigmoid_is_within_three_ulp() =>
        Assert.InRange(WorstUlp(Sigmoid, static x => 1 / (1 + Math.Exp(-x)), -85, 85), 0, 3.0);

    [Fact]
    public void Normal_cdf_is_within_eight_ulp() =>
        Assert.InRange(WorstUlp(NormalCdf, DoubleMath.NormalCdf, -12, 6), 0, 8.0);

    [Fact]
    public void Normal_cdf_in_f64_is_that_of_the_series()
    {
        for (double x = -5.8; x < 5.8; x += 0.01)
            Assert.Equal((1 + NaiveExperts.Erf(x / Math.Sqrt(2))) / 2, DoubleMath.NormalCdf(x), 1e-13);
        Assert.Equal(6.220960574271785e-16, DoubleMath.NormalCdf(-8), 1e-28);
        Assert.Equal(0, DoubleMath.NormalCdf(double.NegativeInfinity));
        Assert.Equal(1, DoubleMath.NormalCdf(double.PositiveInfinity));
        Assert.True(double.IsNaN(DoubleMath.NormalCdf(double.NaN)));
    }

    [Fact]
    public void Functions_between_0_and_1_go_where_they_should()
    {
        foreach (Func<float, float[]> f in (Func<float, float[]>[])[Sigmoid, NormalCdf])
        {
            Assert.All(f(float.NegativeInfinity), y => Assert.Equal(0f, y));
            Assert.All(f(float.PositiveInfinity), y => Assert.Equal(1f, y));
            Assert.All(f(-1e30f), y => Assert.Equal(0f, y));
            Assert.All(f(float.NaN), y => Assert.True(float.IsNaN(y)));
        }

        Assert.All(Sigmoid(0), y => Assert.Equal(0.5f, y));
        Assert.All(NormalCdf(0), y => Assert.Equal(0.5f, y, 1e-7f));
    }

    [Fact]
    public void Special_values_go_where_they_should()
    {
        foreach (Func<float, float[]> f in (Func<float, float[]>[])[Exp2, Exp])
        {
            Assert.All(f(float.NegativeInfinity), y => Assert.Equal(0f, y));
            Assert.All(f(-1e30f), y => Assert.Equal(0f, y));
            Assert.All(f(0), y => Assert.Equal(1f, y));
            Assert.All(f(-0f), y => Assert.Equal(1f, y));
            Assert.All(f(float.NaN), y => Assert.True(float.IsNaN(y)));
            Assert.All(f(BitConverter.Int32BitsToSingle(0x7FC001FF)), y => Assert.True(float.IsNaN(y)));
            Assert.All(f(BitConverter.Int32BitsToSingle(unchecked((int)0xFFC00123))), y => Assert.True(float.IsNaN(y)));
        }

        Assert.All(Tanh(float.PositiveInfinity), y => Assert.Equal(1f, y));
        Assert.All(Tanh(float.NegativeInfinity), y => Assert.Equal(-1f, y));
        Assert.All(Tanh(float.NaN), y => Assert.True(float.IsNaN(y)));
        Assert.All(Tanh(-0f), y => Assert.Equal(int.MinValue, BitConverter.SingleToInt32Bits(y)));
        Assert.All(Tanh(1e-30f), y => Assert.Equal(1e-30f, y));
    }

    /// <summary>Every width gives its own result.</summary>
    private static float[] Exp2(float x) =>
    [
        VectorMath<Simd128, Vector128<float>>.Exp2(Vector128.Create(x))[3],
        VectorMath<Simd256, Vector256<float>>.Exp2(Vector256.Create(x))[7],
        VectorMath<Simd512, Vector512<float>>.Exp2(Vector512.Create(x))[15],
    ];

    private static float[] Exp(float x) =>
    [
        VectorMath<Simd128, Vector128<float>>.Exp(Vector128.Create(x))[3],
        VectorMath<Simd256, Vector256<float>>.Exp(Vector256.Create(x))[7],
        VectorMath<Simd512, Vector512<float>>.Exp(Vector512.Create(x))[15],
    ];

    private static float[] Sigmoid(float x) =>
    [
        VectorMath<Simd128, Vector128<float>>.Sigmoid(Vector128.Create(x))[3],
        VectorMath<Simd256, Vector256<float>>.Sigmoid(Vector256.Create(x))[7],
        VectorMath<Simd512, Vector512<float>>.Sigmoid(Vector512.Create(x))[15],
    ];

    private static float[] NormalCdf(float x) =>
    [
        VectorMath<Simd128, Vector128<float>>.NormalCdf(Vector128.Create(x))[3],
        VectorMath<Simd256, Vector256<float>>.NormalCdf(Vector256.Create(x))[7],
        VectorMath<Simd512, Vector512<float>>.NormalCdf(Vector512.Create(x))[15],
    ];

    private static float[] Tanh(float x) =>
    [
        VectorMath<Simd128, Vector128<float>>.Tanh(Vector128.Create(x))[3],
        VectorMath<Simd256, Vector256<float>>.Tanh(Vector256.Create(x))[7],
        VectorMath<Simd512, Vector512<float>>.Tanh(Vector512.Create(x))[15],
    ];

    private static double WorstUlp(Func<float, float[]> actual, Func<double, double> exact, float low, float high)
    {
        const int Points = 60_000;
        double worst = 0;
        Random random = new(5);
        for (int i = 0; i < Points; i++)
        {
            float x = i % 2 == 0 ? low + ((high - low) * random.NextSingle()) : (float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-12, 1)));
            x = Math.Clamp(x, low, high);
            double y = exact(x), ulp = Math.Max(MathF.BitIncrement(MathF.Abs((float)y)) - MathF.Abs((float)y), float.Epsilon);
            foreach (float a in actual(x))
                worst = Math.Max(worst, Math.Abs(a - y) / ulp);
        }

        return worst;
    }
}
