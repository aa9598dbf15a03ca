using Tessera.Ir;

namespace Tessera.Nn;

/// <summary>C# numbers as elements of integer types.</summary>
internal static class WholeNumbers
{
    /// <summary>The value as an element of the type, u64 by its bits; false for fractions, NaN and what lies out of range.</summary>
    public static bool TryConvert(DType dtype, double value, out long whole)
    {
        whole = 0;
        if (!dtype.IsInteger() || value != Math.Floor(value))
        {
            return false;
        }

        bool signed = dtype is DType.I2 or DType.I4 or DType.I8 or DType.I16 or DType.I32 or DType.I64;
        double end = Math.ScaleB(1, signed ? dtype.Bits() - 1 : dtype.Bits());
        if (value < (signed ? -end : 0) || value >= end)
        {
            return false;
        }

        whole = dtype == DType.U64 ? unchecked((long)(ulong)value) : (long)value;
        return true;
    }
}
