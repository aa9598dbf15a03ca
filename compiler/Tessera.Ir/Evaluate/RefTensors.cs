using System.Buffers.Binary;

namespace Tessera.Ir.Evaluate;

/// <summary>Conversions between stored bytes and reference tensors, for every element type that has a number in C#.</summary>
public static class RefTensors
{
    /// <summary>Reads a whole weight.</summary>
    public static RefTensor FromSource(WeightSource source)
    {
        byte[] bytes = new byte[source.ByteLength];
        source.Read(0, bytes);
        return FromBytes(source.DType, source.Dims, bytes);
    }

    public static RefTensor FromContent(TensorContent content) => content.Strings is { } strings
        ? RefTensor.Strings(content.Dims, [.. strings])
        : FromBytes(content.DType, content.Dims, content.Bytes.Span);

    /// <summary>Little-endian packed bytes to elements.</summary>
    public static RefTensor FromBytes(DType dtype, IEnumerable<long> dims, ReadOnlySpan<byte> bytes)
    {
        long[] sizes = [.. dims];
        int count = checked((int)sizes.Aggregate(1L, static (a, b) => checked(a * b)));
        int width = dtype.Bits() / 8;
        if (dtype == DType.Bool)
        {
            bool[] flags = new bool[count];
            for (int i = 0; i < count; i++)
            {
                flags[i] = bytes[i] != 0;
            }

            return RefTensor.Bools(sizes, flags);
        }

        if (dtype.IsFloat())
        {
            double[] floats = new double[count];
            for (int i = 0; i < count; i++)
            {
                floats[i] = ReadFloat(dtype, bytes[(i * width)..]);
            }

            return RefTensor.Floats(dtype, sizes, floats);
        }

        long[] integers = new long[count];
        for (int i = 0; i < count; i++)
        {
            integers[i] = ReadInteger(dtype, bytes[(i * width)..]);
        }

        return RefTensor.Ints(dtype, sizes, integers);
    }

    /// <summary>Elements to little-endian packed bytes, floats rounded to the stored width.</summary>
    public static byte[] ToBytes(RefTensor tensor)
    {
        if (tensor.DType == DType.Bool)
        {
            return [.. tensor.B.Select(static b => b ? (byte)1 : (byte)0)];
        }

        int width = tensor.DType.Bits() / 8;
        byte[] bytes = new byte[tensor.Count * width];
        for (int i = 0; i < tensor.Count; i++)
        {
            Span<byte> target = bytes.AsSpan(i * width, width);
            if (tensor.DType.IsFloat())
            {
                WriteFloat(tensor.DType, target, tensor.F[i]);
            }
            else
            {
                WriteInteger(target, tensor.I[i]);
            }
        }

        return bytes;
    }

    public static TensorContent ToContent(RefTensor tensor) => tensor.DType == DType.String
        ? TensorContent.FromStrings(tensor.Dims, tensor.S)
        : TensorContent.FromBytes(tensor.DType, tensor.Dims, ToBytes(tensor));

    /// <summary>Rounds to the nearest value of a float type, ties to even.</summary>
    public static double Round(DType dtype, double value)
    {
        Span<byte> bytes = stackalloc byte[8];
        WriteFloat(dtype, bytes, value);
        return ReadFloat(dtype, bytes);
    }

    private static double ReadFloat(DType dtype, ReadOnlySpan<byte> bytes) => dtype switch
    {
        DType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        DType.F32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        DType.F16 => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        DType.BF16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
        _ => throw Unsupported(dtype),
    };

    private static void WriteFloat(DType dtype, Span<byte> bytes, double value)
    {
        switch (dtype)
        {
            case DType.F64:
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
                break;
            case DType.F32:
                BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)value);
                break;
            case DType.F16:
                BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)value);
                break;
            case DType.BF16:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, ToBFloat16(value));
                break;
            default:
                throw Unsupported(dtype);
        }
    }

    // Through f32 rounded to odd, so that the second rounding cannot go wrong.
    private static ushort ToBFloat16(double value)
    {
        if (double.IsNaN(value))
        {
            return 0x7FC0;
        }

        float nearest = (float)value;
        uint bits = BitConverter.SingleToUInt32Bits(nearest);
        if (!float.IsInfinity(nearest) && nearest != value)
        {
            bool away = Math.Abs((double)nearest) > Math.Abs(value);
            bits = (away ? bits - 1 : bits) | 1;
        }

        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static long ReadInteger(DType dtype, ReadOnlySpan<byte> bytes) => dtype switch
    {
        DType.I8 => (sbyte)bytes[0],
        DType.U8 => bytes[0],
        DType.I16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        DType.U16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        DType.I32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        DType.U32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        DType.I64 or DType.U64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        _ => throw Unsupported(dtype),
    };

    private static void WriteInteger(Span<byte> bytes, long value)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(value >> (8 * i));
        }
    }

    private static TesseraException Unsupported(DType dtype) =>
        new("TSR0306", "", $"the reference evaluator has no numbers of type {dtype.Text()}.");
}
