using CsCheck;
using Xunit;
using static Tessera.Ir.Tests.Weights.WeightTesting;

namespace Tessera.Ir.Tests.Weights;

public sealed class CastTests
{
    [Theory]
    [InlineData(1f, 0x3F80)]
    [InlineData(1.00390625f, 0x3F80)] // halfway between 1 and 1 + 2^-7: to even, down
    [InlineData(1.01171875f, 0x3F82)] // halfway between 1 + 2^-7 and 1 + 2^-6: to even, up
    [InlineData(1.0039064f, 0x3F81)] // just above halfway
    [InlineData(-0f, 0x8000)]
    [InlineData(float.PositiveInfinity, 0x7F80)]
    [InlineData(float.MaxValue, 0x7F80)]
    [InlineData(1e-40f, 0x0001)] // a subnormal
    public void Bf16_rounds_to_nearest_even(float value, int bits) => Assert.Equal(bits, BFloat16Bits.FromSingle(value));

    [Fact]
    public void Bf16_of_any_nan_is_a_nan()
    {
        Assert.True(float.IsNaN(BFloat16Bits.ToSingle(BFloat16Bits.FromSingle(BitConverter.UInt32BitsToSingle(0x7F80_0001)))));
        Assert.True(float.IsNaN(BFloat16Bits.ToSingle(BFloat16Bits.FromDouble(double.NaN))));
    }

    [Fact]
    public void Bf16_of_a_double_rounds_once()
    {
        // Just above a tie of bf16, by less than f32 can tell: rounding twice would go down to even.
        var aboveTie = 1 + Math.ScaleB(1, -8) + Math.ScaleB(1, -40);
        Assert.Equal(0x3F81, BFloat16Bits.FromDouble(aboveTie));
        Assert.Equal(0x3F80, BFloat16Bits.FromSingle((float)aboveTie));
        Assert.Equal(0x3F80, BFloat16Bits.FromDouble(1 + Math.ScaleB(1, -8) - Math.ScaleB(1, -40)));
        Assert.Equal(0x7F80, BFloat16Bits.FromDouble(1e300));
        Assert.Equal(0x8000, BFloat16Bits.FromDouble(-1e-300));
    }

    [Fact]
    public void Bf16_of_a_double_is_the_nearest() => Gen.Double[-1e6, 1e6].Sample(
        static x =>
        {
            var bits = BFloat16Bits.FromDouble(x);
            var error = Math.Abs(BFloat16Bits.ToSingle(bits) - x);
            Assert.True(error <= Math.Abs(BFloat16Bits.ToSingle((ushort)(bits + 1)) - x));
            Assert.True((bits & 0x7FFF) == 0 || error <= Math.Abs(BFloat16Bits.ToSingle((ushort)(bits - 1)) - x));
        },
        seed: "0N0XIzNsQ0O2",
        iter: 2000);

    [Fact]
    public void Floats_convert_to_each_other()
    {
        float[] values = [0, -0f, 1, -1.5f, 65504, 65520, 6e-8f, 1e30f, float.PositiveInfinity, float.NaN];
        var f32 = MemoryWeightSource.Of<float>(values, values.Length);
        Assert.Equal(values.Select(static x => (Half)x), f32.Cast(DType.F16).Values<Half>());
        Assert.Equal(values.Select(static x => (double)x), f32.Cast(DType.F64).Values<double>());
        Assert.Equal(values, f32.Cast(DType.F64).Cast(DType.F32).Values<float>());
        Assert.Equal(values.Select(BFloat16Bits.FromSingle), f32.Cast(DType.BF16).Values<ushort>());
        Assert.Equal(values.Select(BFloat16Bits.FromSingle), f32.Cast(DType.F64).Cast(DType.BF16).Values<ushort>());
        Assert.Equal(values.Select(static x => (float)(Half)x), f32.Cast(DType.F16).Cast(DType.F32).Values<float>());
        Assert.Equal(0x7C00, BitConverter.HalfToInt16Bits(f32.Cast(DType.F16).Values<Half>()[5]));
    }

    [Fact]
    public void F16_of_a_double_rounds_once()
    {
        var aboveTie = 1 + Math.ScaleB(1, -11) + Math.ScaleB(1, -40);
        var weight = MemoryWeightSource.Of<double>([aboveTie, (float)aboveTie], 2);
        Assert.Equal([(Half)1.0009765625, (Half)1], weight.Cast(DType.F16).Values<Half>());
    }

    [Fact]
    public void Large_integers_round_once()
    {
        // 2^62 + 2^38 is a tie of f32; one more must go up, although a double cannot hold it.
        long tie = (1L << 62) + (1L << 38);
        var weight = MemoryWeightSource.Of<long>([tie, tie + 1, -tie - 1, long.MinValue], 4);
        Assert.Equal([(float)(1L << 62), 4611686568183201792f, -4611686568183201792f, -9223372036854775808f], weight.Cast(DType.F32).Values<float>());
        var unsigned = MemoryWeightSource.Of<ulong>([ulong.MaxValue, (1UL << 63) + (1UL << 39) + 1], 2);
        Assert.Equal([18446744073709551616f, 9223373136366403584f], unsigned.Cast(DType.F32).Values<float>());
        Assert.Equal([18446744073709551616.0, 9223372586610589696.0], unsigned.Cast(DType.F64).Values<double>());
    }

    [Fact]
    public void Floats_truncate_and_saturate_to_integers()
    {
        var weight = MemoryWeightSource.Of<float>([1.9f, -1.9f, 300, -300, float.NaN, float.PositiveInfinity], 6);
        Assert.Equal<byte>([1, 0, 255, 0, 0, 255], weight.Cast(DType.U8).Values<byte>());
        Assert.Equal<sbyte>([1, -1, 127, -128, 0, 127], weight.Cast(DType.I8).Values<sbyte>());
        Assert.Equal<long>([1, -1, 300, -300, 0, long.MaxValue], weight.Cast(DType.I64).Values<long>());
        Assert.Equal([true, true, true, true, true, true], weight.Cast(DType.Bool).Values<bool>());
        Assert.Equal([false], MemoryWeightSource.Of<float>([-0f], 1).Cast(DType.Bool).Values<bool>());
    }

    [Fact]
    public void Integers_wrap()
    {
        var weight = MemoryWeightSource.Of<int>([-1, 256, 300, int.MinValue], 4);
        Assert.Equal<byte>([255, 0, 44, 0], weight.Cast(DType.U8).Values<byte>());
        Assert.Equal([ulong.MaxValue, 256, 300, 0xFFFF_FFFF_8000_0000], weight.Cast(DType.U64).Values<ulong>());
        Assert.Equal([true, true, true, true], weight.Cast(DType.Bool).Values<bool>());
        Assert.Equal([1, 0], MemoryWeightSource.Of<bool>([true, false], 2).Cast(DType.I32).Values<int>());
    }

    [Fact]
    public void Every_pair_of_types_converts_small_integers_exactly()
    {
        DType[] types = [.. Enum.GetValues<DType>().Where(ElementCast.IsSupported)];
        Assert.Equal(13, types.Length);
        var bits = MemoryWeightSource.Of<int>([0, 1], 2);
        foreach (var (from, to) in types.SelectMany(a => types.Select(b => (a, b))))
            Assert.Equal([0, 1], bits.Cast(from).Cast(to).Cast(DType.I32).Values<int>());
    }

    [Fact]
    public void Cast_reads_any_cut()
    {
        AssertCutsDoNotMatter(Iota(3, 7).Cast(DType.F16));
        AssertCutsDoNotMatter(Iota(3, 7).Cast(DType.F64));
    }

    [Fact]
    public void Types_without_a_conversion_are_refused()
    {
        AssertFails("TSR0419", static () => Iota(2).Cast(DType.F8E4M3FN), "f8e4m3fn");
        AssertFails("TSR0419", static () => Iota(2).Cast(DType.I4), "i4");
        AssertFails("TSR0419", static () => new MemoryWeightSource(DType.C64, [1], new byte[8]).Cast(DType.F32), "c64");
    }
}
