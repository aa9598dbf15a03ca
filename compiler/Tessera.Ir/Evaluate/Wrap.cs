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
        _ => value,
    };
}
