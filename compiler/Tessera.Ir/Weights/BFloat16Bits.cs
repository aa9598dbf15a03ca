namespace Tessera.Ir;

/// <summary>bf16 as its 16 bits: the upper half of an f32. Rounding is to nearest, ties to even; a NaN stays a (quiet) NaN.</summary>
public static class BFloat16Bits
{
    public static float ToSingle(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    public static ushort FromSingle(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? (ushort)((bits >> 16) | 0x40)
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Rounded once: the step through f32 rounds to odd, so that the second rounding sees every tie as it is.</summary>
    public static ushort FromDouble(double value) => FromSingle(ToOddSingle(value));

    /// <summary>Of the two f32 around a value that is none, the one whose last bit is set (von Neumann rounding).</summary>
    private static float ToOddSingle(double value)
    {
        var nearest = (float)value;
        if (nearest == value || double.IsNaN(value) || (BitConverter.SingleToUInt32Bits(nearest) & 1) == 1) return nearest;
        return nearest > value ? MathF.BitDecrement(nearest) : MathF.BitIncrement(nearest);
    }
}
