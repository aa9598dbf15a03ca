using Tessera.Kernels.Cpu;

namespace Tessera.Kernels.Tests;

public sealed unsafe class StorageTests
{
    [Fact]
    public void Every_half_is_read_exactly()
    {
        Half[] halves = [.. Enumerable.Range(0, 1 << 16).Select(i => BitConverter.UInt16BitsToHalf((ushort)i))];
        float[] floats = new float[halves.Length];
        fixed (Half* source = halves)
        fixed (float* target = floats)
            Storage.F16.Load(source, target, floats.Length);
        for (int i = 0; i < floats.Length; i++)
        {
            Assert.Equal((float)halves[i], floats[i]);
            Assert.Equal(float.IsNegative((float)halves[i]), float.IsNegative(floats[i]));
        }
    }

    [Fact]
    public void Every_bfloat16_survives_reading_and_writing()
    {
        ushort[] words = [.. Enumerable.Range(0, 1 << 16).Select(i => (ushort)i)];
        ushort[] back = new ushort[words.Length];
        float[] floats = new float[words.Length];
        fixed (ushort* source = words, again = back)
        fixed (float* middle = floats)
        {
            Storage.BF16.Load(source, middle, words.Length);
            Storage.BF16.Save(middle, again, words.Length);
        }

        for (int i = 0; i < words.Length; i++)
        {
            Assert.Equal(i << 16, BitConverter.SingleToInt32Bits(floats[i]));
            // A signalling NaN becomes quiet.
            Assert.Equal(float.IsNaN(floats[i]) ? words[i] | 0x40 : words[i], back[i]);
        }
    }

    [Fact]
    public void Writing_rounds_to_nearest_even()
    {
        float[] floats = new float[200_001];
        Random random = new(3);
        for (int i = 0; i < floats.Length; i++)
            floats[i] = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
        // Where the range of half ends and where its subnormals begin, and ties on either side.
        float[] edges = [65504, 65519.996f, 65520, 65536, 6.1035156e-5f, 6.0975552e-5f, 5.9604645e-8f, 2.9802322e-8f, 2.98024e-8f, 1.00048828f, 1.00146484f, 0, -0f];
        edges.CopyTo(floats, 0);
        for (int i = 1000; i < 100_000; i++)
            floats[i] = (random.NextSingle() - 0.5f) * MathF.Pow(2, random.Next(-26, 18));
        ushort[] halves = new ushort[floats.Length], bfloats = new ushort[floats.Length];
        fixed (float* source = floats)
        fixed (ushort* h = halves, b = bfloats)
        {
            Storage.F16.Save(source, h, floats.Length);
            Storage.BF16.Save(source, b, floats.Length);
        }

        for (int i = 0; i < floats.Length; i++)
        {
            if (float.IsNaN(floats[i]))
            {
                Assert.True(Half.IsNaN(BitConverter.UInt16BitsToHalf(halves[i])));
                continue;
            }

            Assert.Equal(BitConverter.HalfToUInt16Bits((Half)floats[i]), halves[i]);
            Assert.Equal(NearestBFloat16(floats[i]), bfloats[i]);
        }
    }

    /// <summary>By comparing distances in f64, the even one where they are equal.</summary>
    private static ushort NearestBFloat16(float x)
    {
        int bits = BitConverter.SingleToInt32Bits(x);
        ushort below = (ushort)(bits >>> 16), above = (ushort)(below + 1);
        double Distance(ushort word)
        {
            // Past the largest finite value lies 2^128, were it representable.
            double value = (word & 0x7FFF) == 0x7F80 ? Math.CopySign(Math.Pow(2, 128), x) : BitConverter.Int32BitsToSingle(word << 16);
            return Math.Abs(value - x);
        }

        if (float.IsInfinity(x) || Distance(below) < Distance(above))
            return below;
        return Distance(above) < Distance(below) || below % 2 != 0 ? above : below;
    }
}
