using Tessera.Ir;

namespace Tessera.Passes.Batching;

/// <summary>The ends of the integer types, where a fill by ±∞ means the smallest or largest number.</summary>
internal static class IntegerLimits
{
    public static long Clamp(DType dtype, double value)
    {
        if (dtype == DType.U64 && value >= ulong.MaxValue)
        {
            // By its bits.
            return -1;
        }

        (long low, long high) = dtype switch
        {
            DType.I8 => (sbyte.MinValue, sbyte.MaxValue),
            DType.U8 => (0L, byte.MaxValue),
            DType.I16 => (short.MinValue, short.MaxValue),
            DType.U16 => (0L, ushort.MaxValue),
            DType.I32 => (int.MinValue, int.MaxValue),
            DType.U32 => (0L, uint.MaxValue),
            DType.U64 => (0L, long.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        return value <= low ? low : value >= high ? high : (long)value;
    }
}
