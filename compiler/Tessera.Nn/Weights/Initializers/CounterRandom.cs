using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tessera.Nn.Weights;

/// <summary>
/// Random bits as a function of (seed, path, index, attempt): two rounds of the SplitMix64 finaliser over a counter, keyed
/// by SHA-256 of seed and path. Integer arithmetic only, so equal on every machine.
/// </summary>
internal readonly record struct CounterRandom(ulong Key, ulong Tweak)
{
    /// <summary>2⁶⁴ divided by the golden ratio, odd: the increment of Weyl's sequence.</summary>
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;

    public static CounterRandom For(string path, long seed)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}\n{path}")));
        return new CounterRandom(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(hash),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(hash.AsSpan(8)));
    }

    public ulong Bits(long index, int attempt = 0) =>
        Mix(Mix(Key + ((ulong)index * Golden)) + Tweak + ((ulong)attempt * Golden));

    /// <summary>A multiple of 2⁻⁵³ in [0, 1).</summary>
    public double Uniform(long index) => (Bits(index) >> 11) * (1.0 / (1L << 53));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
