using System.Runtime.InteropServices;
using Tessera.Ir;
using Tessera.Nn.Weights;
using Xunit;

namespace Tessera.Nn.Tests.Weights;

public sealed class InitializerTests
{
    private const int Count = 200_000;

    [Fact]
    public void Normal_has_the_moments_it_was_asked_for()
    {
        var values = Draw(Initializer.Normal(3, 0.5), Count);
        AssertMoments(values, mean: 3, std: 0.5);
        Assert.Equal(0, values.Average(static x => Math.Pow((x - 3) / 0.5, 3)), tolerance: 0.03);
        Assert.Equal(3, values.Average(static x => Math.Pow((x - 3) / 0.5, 4)), tolerance: 0.06);
        Assert.Equal(0.0455, values.Count(static x => Math.Abs(x - 3) > 1) / (double)Count, tolerance: 0.002);
    }

    [Fact]
    public void Uniform_has_the_range_and_the_moments_it_was_asked_for()
    {
        var values = Draw(Initializer.Uniform(-1, 3), Count);
        AssertMoments(values, mean: 1, std: 4 / Math.Sqrt(12));
        Assert.InRange(values.Min(), -1, -0.999);
        Assert.InRange(values.Max(), 2.999, 3);
    }

    [Fact]
    public void Truncated_normal_stays_within_two_deviations()
    {
        var values = Draw(Initializer.TruncatedNormal(0.02), Count);
        AssertMoments(values, mean: 0, std: 0.02 * 0.87962566);
        Assert.InRange(values.Max(), 0.0399, 0.04);
        Assert.InRange(values.Min(), -0.04, -0.0399);
    }

    [Fact]
    public void Both_values_of_a_pair_are_independent()
    {
        foreach (var initializer in new[] { Initializer.Normal(0, 1), Initializer.TruncatedNormal(1) })
        {
            var values = Draw(initializer, Count);
            var deviation = values.Average(static x => x * x);
            Assert.Equal(0, values.Chunk(2).Average(static p => p[0] * p[1]) / deviation, tolerance: 0.01);
            Assert.Equal(0, values.Chunk(2).Average(static p => (p[0] * p[0] - 1) * (p[1] * p[1] - 1)) - Math.Pow(deviation - 1, 2), tolerance: 0.02);
        }
    }

    public static TheoryData<Initializer, double> Scaled() => new()
    {
        // A convolution [48, 32, 3, 5]: fan_in 480, fan_out 720.
        { Initializer.XavierUniform(), Math.Sqrt(2.0 / 1200) },
        { Initializer.XavierNormal(gain: 3), 3 * Math.Sqrt(2.0 / 1200) },
        { Initializer.KaimingUniform(), Math.Sqrt(2.0 / 480) },
        { Initializer.KaimingUniform(negativeSlope: Math.Sqrt(5)), Math.Sqrt(1.0 / 3 / 480) },
        { Initializer.KaimingNormal(mode: FanMode.Out), Math.Sqrt(2.0 / 720) },
        { Initializer.LecunNormal(), Math.Sqrt(1.0 / 480) },
    };

    [Theory]
    [MemberData(nameof(Scaled))]
    public void Scaling_initialisers_follow_the_fans(Initializer initializer, double std) =>
        AssertMoments(Values(initializer.Create(DType.F64, [48, 32, 3, 5], "conv.weight", 1)), mean: 0, std);

    [Fact]
    public void Fans_of_a_linear_weight_are_in_and_out()
    {
        // The bound of PyTorch's default linear layer is 1/√fan_in.
        var values = Values(Initializer.KaimingUniform(Math.Sqrt(5)).Create(DType.F64, [1000, 100], "w", 7));
        Assert.InRange(values.Max(), 0.0999, 0.1);
        Assert.InRange(values.Min(), -0.1, -0.0999);
    }

    [Fact]
    public void Constants_fill_any_type()
    {
        Assert.Equal(new byte[12], Initializer.Zeros.Create(DType.F32, [3], "b", 0).ToArray());
        Assert.Equal(MemoryWeightSource.Of<long>([1, 1], 2).ToArray(), Initializer.Ones.Create(DType.I64, [2], "b", 0).ToArray());
        Assert.Equal(MemoryWeightSource.Of<Half>([(Half)0.1, (Half)0.1], 2).ToArray(), Initializer.Constant(0.1).Create(DType.F16, [2], "b", 0).ToArray());
    }

    [Fact]
    public void First_values_never_change()
    {
        Assert.Equal("5f0aa73fe6d79abc54ee913fc5a099be", Hex(Initializer.Normal(0, 1)));
        Assert.Equal("a534a73e45e7ae3e30862b3ff0daa93e", Hex(Initializer.Uniform(0, 1)));
        Assert.Equal("d5cfd53c1233c6b9a9caba3cd3a4c4bb", Hex(Initializer.TruncatedNormal(0.02)));

        static string Hex(Initializer initializer) => Convert.ToHexStringLower(initializer.Create(DType.F32, [4], "blocks.0.qkv.weight", 42).ToArray());
    }

    [Fact]
    public void Bytes_of_a_large_weight_never_change() => Assert.Equal(
        "0410b191203fd5e7a5408c3c7c7241b210c2388eb63752d58ba58edd6e8db352",
        Convert.ToHexStringLower(Initializer.TruncatedNormal(0.02).Create(DType.F64, [Count], "w", 0).ComputeSha256()));

    [Fact]
    public void Values_do_not_depend_on_how_they_are_read()
    {
        foreach (var initializer in new[] { Initializer.Normal(0, 1), Initializer.Uniform(0, 1), Initializer.TruncatedNormal(1) })
        {
            var source = initializer.Create(DType.F32, [1111], "w", 3);
            var whole = source.ToArray();
            foreach (var chunk in new[] { 1, 3, 4, 12, 100, 2052 })
            {
                using var stream = new MemoryStream();
                source.CopyTo(stream, chunk);
                Assert.Equal(whole, stream.ToArray());
            }
        }
    }

    [Fact]
    public void Path_and_seed_change_the_values()
    {
        var initializer = Initializer.Normal(0, 1);
        var values = new[] { ("a", 1L), ("b", 1), ("a", 2), ("1\na", 1), ("a", -1) }
            .Select(k => Convert.ToHexString(initializer.Create(DType.F32, [8], k.Item1, k.Item2).ToArray()));
        Assert.Equal(5, values.Distinct().Count());
    }

    [Fact]
    public void A_narrower_type_rounds_the_same_values()
    {
        var wide = Initializer.Normal(0, 1).Create(DType.F64, [100], "w", 3);
        foreach (var type in new[] { DType.F32, DType.F16, DType.BF16 })
            Assert.Equal(wide.Cast(type).ToArray(), Initializer.Normal(0, 1).Create(type, [100], "w", 3).ToArray());
    }

    [Fact]
    public void What_an_initialiser_cannot_fill_is_refused()
    {
        var type = Assert.Throws<TesseraException>(static () => Initializer.Normal(0, 1).Create(DType.I64, [2, 2], "ids", 0));
        var rank = Assert.Throws<TesseraException>(static () => Initializer.XavierUniform().Create(DType.F32, [7], "norm.bias", 0));
        Assert.Equal(("TSR0620", "ids"), (type.Code, type.Place));
        Assert.Equal(("TSR0620", "norm.bias"), (rank.Code, rank.Place));
        Assert.Contains("[7]", rank.Message, StringComparison.Ordinal);
        Assert.Empty(Initializer.XavierNormal().Create(DType.F32, [0, 0], "empty", 0).ToArray());
    }

    private static double[] Draw(Initializer initializer, int count) => Values(initializer.Create(DType.F64, [count], "w", 12345));

    private static double[] Values(WeightSource source) => MemoryMarshal.Cast<byte, double>(source.ToArray()).ToArray();

    private static void AssertMoments(double[] values, double mean, double std)
    {
        var measured = values.Average();
        var deviation = Math.Sqrt(values.Average(x => (x - measured) * (x - measured)));
        Assert.Equal(mean, measured, tolerance: 5 * std / Math.Sqrt(values.Length));
        Assert.Equal(std, deviation, tolerance: 0.02 * std);
    }
}
