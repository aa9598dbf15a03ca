using System.Runtime.Intrinsics;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Tests;

/// <summary>Small numbers widened to floats: every value, at every width.</summary>
public sealed unsafe class NarrowLoadTests
{
    [Fact]
    public void Every_half_and_bfloat16_is_widened_exactly()
    {
        ushort[] words = [.. Enumerable.Range(0, 1 << 16).Select(static i => (ushort)i)];
        foreach ((float[] halves, float[] finite, float[] bfloats) in (ReadOnlySpan<(float[], float[], float[])>)[
            Words<Simd128, Vector128<float>>(words), Words<Simd256, Vector256<float>>(words), Words<Simd512, Vector512<float>>(words)])
        {
            for (int i = 0; i < words.Length; i++)
            {
                Half half = BitConverter.UInt16BitsToHalf(words[i]);
                Same((float)half, halves[i]);
                if (Half.IsFinite(half))
                    Same((float)half, finite[i]);
                Assert.Equal(i << 16, BitConverter.SingleToInt32Bits(bfloats[i]));
            }
        }
    }

    [Fact]
    public void Every_byte_is_widened_as_a_number_and_as_two()
    {
        foreach ((float[] whole, float[] low, float[] high) in (ReadOnlySpan<(float[], float[], float[])>)[
            Bytes<Simd128, Vector128<float>>(), Bytes<Simd256, Vector256<float>>(), Bytes<Simd512, Vector512<float>>()])
        {
            for (int i = 0; i < 256; i++)
            {
                Assert.Equal((sbyte)i, whole[i]);
                Assert.Equal((i & 15) - 8, low[i]);
                Assert.Equal((i >> 4) - 8, high[i]);
            }
        }
    }

    private static void Same(float expected, float actual)
    {
        Assert.Equal(expected, actual);
        Assert.Equal(float.IsNegative(expected), float.IsNegative(actual));
    }

    private static (float[] Halves, float[] Finite, float[] BFloats) Words<TSimd, TVec>(ushort[] words)
        where TSimd : struct, ISimd<TVec>
        where TVec : struct
    {
        float[] halves = new float[words.Length], finite = new float[words.Length], bfloats = new float[words.Length];
        fixed (ushort* from = words)
        fixed (float* h = halves, f = finite, b = bfloats)
        {
            for (int i = 0; i < words.Length; i += TSimd.Width)
            {
                TSimd.Store(TSimd.LoadF16(from + i), h + i);
                TSimd.Store(TSimd.LoadFiniteF16(from + i), f + i);
                TSimd.Store(TSimd.LoadBF16(from + i), b + i);
            }
        }

        return (halves, finite, bfloats);
    }

    private static (float[] Whole, float[] Low, float[] High) Bytes<TSimd, TVec>()
        where TSimd : struct, ISimd<TVec>
        where TVec : struct
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(static i => (byte)i)];
        float[] whole = new float[256], low = new float[256], high = new float[256];
        fixed (byte* from = bytes)
        fixed (float* w = whole, l = low, h = high)
        {
            for (int i = 0; i < 256; i += TSimd.Width)
            {
                TSimd.Store(TSimd.LoadInt8((sbyte*)from + i), w + i);
                TSimd.Store(TSimd.LoadLowInt4(from + i), l + i);
                TSimd.Store(TSimd.LoadHighInt4(from + i), h + i);
            }
        }

        return (whole, low, high);
    }
}
