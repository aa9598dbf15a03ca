namespace Tessera.Ir.Evaluate;

/// <summary>Integer arithmetic of the stored width: results wrap around as two's complement does.</summary>
internal static class Wrap
{
    public static long To(DType dtype, long value) => dtype switch
    {
        DType.I8 => (sbyte)value,
        DType.U8 => (byte)value,
        DType.I16 => (short)value,
        DType.U16 => (ushort)value,
        DType.I32 => (int)value,
        DType.U32 => (uint)value,
        DType.U4 => value & 0xF,
        DType.I4 => (value << 60) >> 60,
        DType.U2 => value & 0x3,
        DType.I2 => (value << 62) >> 62,
        _ => value,
    };
}
