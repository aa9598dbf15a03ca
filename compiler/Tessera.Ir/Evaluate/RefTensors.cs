using System.Runtime.InteropServices;

namespace Tessera.Ir.Evaluate;

/// <summary>Conversions between stored bytes and reference tensors, for every element type that has a number in C#.</summary>
public static class RefTensors
{
    private static readonly double s_nan = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000);

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
        if (SmallElements.Has(dtype))
        {
            return SmallElements.Read(dtype, sizes, count, bytes);
        }

        RequireNumbers(dtype);
        bytes = bytes[..(count * dtype.Bits() / 8)];
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
            ElementCast.ToDoubles(dtype, bytes, floats, roundToOdd: false);
            return RefTensor.Floats(dtype, sizes, floats);
        }

        long[] integers = new long[count];
        ElementCast.Convert(dtype, bytes, DType.I64, MemoryMarshal.AsBytes(integers.AsSpan()));
        return RefTensor.Ints(dtype, sizes, integers);
    }

    /// <summary>Elements to little-endian packed bytes, floats rounded to the stored width.</summary>
    public static byte[] ToBytes(RefTensor tensor)
    {
        if (tensor.DType == DType.Bool)
        {
            return [.. tensor.B.Select(static b => b ? (byte)1 : (byte)0)];
        }

        if (SmallElements.Has(tensor.DType))
        {
            return SmallElements.Write(tensor);
        }

        RequireNumbers(tensor.DType);
        byte[] bytes = new byte[tensor.Count * tensor.DType.Bits() / 8];
        if (tensor.DType.IsFloat())
        {
            // Machines give 0/0 different signs and payloads; what is stored has one NaN.
            double[] values = [.. tensor.F.Select(static v => double.IsNaN(v) ? s_nan : v)];
            ElementCast.FromDoubles(values, tensor.DType, bytes);
        }
        else
        {
            ElementCast.Convert(DType.I64, MemoryMarshal.AsBytes(tensor.I.AsSpan()), tensor.DType, bytes);
        }

        return bytes;
    }

    public static TensorContent ToContent(RefTensor tensor) => tensor.DType == DType.String
        ? TensorContent.FromStrings(tensor.Dims, tensor.S)
        : TensorContent.FromBytes(tensor.DType, tensor.Dims, ToBytes(tensor));

    /// <summary>Rounds to the nearest value of a float type, ties to even.</summary>
    public static double Round(DType dtype, double value) => dtype switch
    {
        DType.F64 => value,
        DType.F32 => (float)value,
        DType.F16 => (double)(Half)value,
        DType.BF16 => BFloat16Bits.ToSingle(BFloat16Bits.FromDouble(value)),
        _ => SmallFloat.Of(dtype) is { } format ? format.Decode(format.Store(value)) : throw Unsupported(dtype),
    };

    private static void RequireNumbers(DType dtype)
    {
        if (!ElementCast.IsSupported(dtype))
        {
            throw Unsupported(dtype);
        }
    }

    private static TesseraException Unsupported(DType dtype) =>
        new("TSR0306", "", $"the reference evaluator has no numbers of type {dtype.Text()}.");
}
