namespace Tessera.Ir.Ops;

/// <summary>The ends of the integer types, and their order as signed 64-bit integers.</summary>
public static class IntegerRange
{
    public static long Least(DType dtype) => IsUnsigned(dtype) ? 0 : -1L << (dtype.Bits() - 1);

    public static long Greatest(DType dtype) => dtype == DType.U64 ? -1 : (1L << (dtype.Bits() - (IsUnsigned(dtype) ? 0 : 1))) - 1;

    /// <summary>An image that is ordered as the values are; applied twice it gives them back.</summary>
    public static long Order(DType dtype, long value) => dtype == DType.U64 ? value ^ long.MinValue : value;

    /// <summary>The number of the type nearest to a real one: −∞ and ∞ become its ends.</summary>
    public static long Clamp(DType dtype, double value)
    {
        bool wide = dtype == DType.U64;
        double least = Least(dtype);
        double greatest = wide ? ulong.MaxValue : Greatest(dtype);
        return value <= least ? Least(dtype) : value >= greatest ? Greatest(dtype) : wide ? (long)(ulong)value : (long)value;
    }

    public static bool IsUnsigned(DType dtype) => dtype is DType.U2 or DType.U4 or DType.U8 or DType.U16 or DType.U32 or DType.U64;
}
