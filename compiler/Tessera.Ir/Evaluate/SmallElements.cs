namespace Tessera.Ir.Evaluate;

/// <summary>Elements of 2 or 4 bits, several in a byte, the first in the lowest bits; and floats of at most 8 bits.</summary>
internal static class SmallElements
{
    public static bool Has(DType dtype) => dtype.Bits() is 2 or 4 || SmallFloat.Of(dtype) is not null;

    public static RefTensor Read(DType dtype, long[] dims, int count, ReadOnlySpan<byte> bytes)
    {
        if (SmallFloat.Of(dtype) is { } format)
        {
            double[] floats = new double[count];
            for (int i = 0; i < count; i++)
            {
                floats[i] = format.Decode((byte)Code(dtype, bytes, i));
            }

            return RefTensor.Floats(dtype, dims, floats);
        }

        long[] integers = new long[count];
        for (int i = 0; i < count; i++)
        {
            integers[i] = Integer(dtype, Code(dtype, bytes, i));
        }

        return RefTensor.Ints(dtype, dims, integers);
    }

    public static byte[] Write(RefTensor tensor)
    {
        int bits = tensor.DType.Bits();
        byte[] bytes = new byte[tensor.DType.ByteCount(tensor.Count)];
        for (int i = 0; i < tensor.Count; i++)
        {
            int code = SmallFloat.Of(tensor.DType) is { } format ? format.Store(tensor.F[i]) : (int)(tensor.I[i] & ((1 << bits) - 1));
            bytes[i * bits / 8] |= (byte)(code << (i * bits % 8));
        }

        return bytes;
    }

    private static int Code(DType dtype, ReadOnlySpan<byte> bytes, int index)
    {
        int bits = dtype.Bits();
        return (bytes[index * bits / 8] >> (index * bits % 8)) & ((1 << bits) - 1);
    }

    private static long Integer(DType dtype, int code)
    {
        int bits = dtype.Bits();
        bool isSigned = dtype is DType.I4 or DType.I2;
        return isSigned && code >> (bits - 1) == 1 ? code - (1 << bits) : code;
    }
}
