using System.Numerics;
using System.Runtime.InteropServices;

namespace Tessera.Ir;

/// <summary>Looks for values that no trained weight should have; streams, so that any size can be scanned.</summary>
public static class WeightScan
{
    /// <summary>
    /// An element is not finite if <c>(bits ^ Flip) &amp; Mask ≥ Limit</c>; and infinite rather than NaN if it equals
    /// <c>Limit</c> in a type that has infinities.
    /// </summary>
    private readonly record struct Layout(ulong Mask, ulong Limit, bool HasInfinity = true, ulong Flip = 0);

    /// <summary>Counts NaN and infinities (of either part, for complex types); other types have none and are not read.</summary>
    public static NonFiniteCount CountNonFinite(WeightSource source, CancellationToken cancellation = default)
    {
        var count = new NonFiniteCount(0, 0, -1);
        if (LayoutOf(source.DType) is not { } layout) return count;
        var (bits, seen) = (source.DType.Bits(), 0L);
        source.ForEachChunk(
            chunk =>
            {
                count = bits switch
                {
                    8 => Scan<byte>(chunk, layout, seen, count),
                    16 => Scan<ushort>(chunk, layout, seen, count),
                    32 => Scan<uint>(chunk, layout, seen, count),
                    _ when source.DType == DType.C64 => Scan<uint>(chunk, layout, seen, count, perElement: 2),
                    64 => Scan<ulong>(chunk, layout, seen, count),
                    _ => Scan<ulong>(chunk, layout, seen, count, perElement: 2),
                };
                seen += chunk.Length * 8L / bits;
            },
            cancellation: cancellation);
        return count;
    }

    private static Layout? LayoutOf(DType type) => type switch
    {
        DType.F32 or DType.C64 => new(0x7FFF_FFFF, 0x7F80_0000),
        DType.F64 or DType.C128 => new(0x7FFF_FFFF_FFFF_FFFF, 0x7FF0_0000_0000_0000),
        DType.F16 => new(0x7FFF, 0x7C00),
        DType.BF16 => new(0x7FFF, 0x7F80),
        DType.F8E5M2 => new(0x7F, 0x7C),
        DType.F8E4M3FN => new(0x7F, 0x7F, HasInfinity: false),
        DType.F8E8M0 => new(0xFF, 0xFF, HasInfinity: false),
        // The one NaN is what would be −0.
        DType.F8E4M3FNUZ or DType.F8E5M2FNUZ => new(0xFF, 0xFF, HasInfinity: false, Flip: 0x7F),
        _ => null,
    };

    private static NonFiniteCount Scan<T>(ReadOnlySpan<byte> bytes, Layout layout, long seen, NonFiniteCount count, int perElement = 1)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        var (mask, limit, flip) = (T.CreateTruncating(layout.Mask), T.CreateTruncating(layout.Limit), T.CreateTruncating(layout.Flip));
        var values = MemoryMarshal.Cast<byte, T>(bytes);
        for (var i = 0; i < values.Length; i++)
        {
            var magnitude = (values[i] ^ flip) & mask;
            if (magnitude < limit) continue;
            count = layout.HasInfinity && magnitude == limit
                ? count with { Infinities = count.Infinities + 1 }
                : count with { NaNs = count.NaNs + 1 };
            if (count.FirstIndex < 0) count = count with { FirstIndex = seen + (i / perElement) };
        }

        return count;
    }
}
