using System.Runtime.InteropServices;
using System.Text;
using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>The bytes of a tensor wherever ONNX lets them lie: in raw_data, in the field of its type, or in a file.</summary>
public static class TensorReader
{
    private const int MostDims = 256;
    private const int MostShownDims = 16;
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="tensor">Of any type but string, whose elements are not bytes of a weight.</param>
    /// <param name="external">Where external data is looked for; null where there can be none.</param>
    /// <exception cref="TesseraException">TSR0823: type, sizes and data contradict each other. TSR0824, TSR0825: so does external data.</exception>
    public static WeightSource Read(TensorProto tensor, ExternalDataReader? external = null)
    {
        var bytes = ByteLength(tensor);
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
            return external?.Open(tensor) ?? throw Error(tensor, "the tensor's data is external, but the model came from no folder.");
        var data = tensor.HasRawData ? tensor.RawData.Memory : TypedData(tensor);
        return data.Length == bytes
            ? new MemoryWeightSource((DType)tensor.DataType, tensor.Dims, data)
            : throw Error(tensor, $"the tensor {Text(tensor)} takes {bytes} bytes; it has {data.Length}.");
    }

    /// <summary>The elements of a tensor of strings.</summary>
    /// <exception cref="TesseraException">TSR0823: there are more or fewer than its sizes ask for, or one is no text.</exception>
    internal static TensorContent Strings(TensorProto tensor)
    {
        if (Count(tensor) != tensor.StringData.Count)
            throw Error(tensor, $"the tensor {Text(tensor)} has {tensor.StringData.Count} strings.");
        try
        {
            return TensorContent.FromStrings(tensor.Dims, [.. tensor.StringData.Select(static s => s_utf8.GetString(s.Span))]);
        }
        catch (DecoderFallbackException error)
        {
            throw Error(tensor, "one of the tensor's strings is not UTF-8.", error);
        }
    }

    internal static string Text(TensorProto tensor) =>
        $"{((DType)tensor.DataType).Text()}[{string.Join(", ", tensor.Dims.Take(MostShownDims))}{(tensor.Dims.Count > MostShownDims ? ", …" : "")}]";

    /// <summary>Bytes that type and sizes ask for, once both are known to make sense.</summary>
    internal static long ByteLength(TensorProto tensor)
    {
        var type = (DType)tensor.DataType;
        if (type.Bits() == 0) throw Error(tensor, $"elements of type {(Enum.IsDefined(type) ? type.Text() : $"number {tensor.DataType}")} are not bytes of a weight.");
        var count = Count(tensor);
        try
        {
            return type.ByteCount(count);
        }
        catch (OverflowException error)
        {
            throw TooMany(tensor, error);
        }
    }

    private static long Count(TensorProto tensor)
    {
        if (tensor.Dims.Count > MostDims) throw Error(tensor, $"the tensor {Text(tensor)} has {tensor.Dims.Count} axes; {MostDims} are read.");
        if (tensor.Dims.Any(static d => d < 0)) throw Error(tensor, $"the tensor {Text(tensor)} has a negative size.");
        try
        {
            // Sizes beside a 0 have to be possible too: a runtime multiplies them all.
            var count = tensor.Dims.Aggregate(1L, static (a, b) => checked(a * Math.Max(b, 1)));
            return tensor.Dims.Contains(0) ? 0 : count;
        }
        catch (OverflowException error)
        {
            throw TooMany(tensor, error);
        }
    }

    private static TesseraException TooMany(TensorProto tensor, Exception error) => Error(tensor, $"the tensor {Text(tensor)} has more bytes than 64 bits can count.", error);

    private static ReadOnlyMemory<byte> TypedData(TensorProto tensor) => (DType)tensor.DataType switch
    {
        DType.F32 or DType.C64 => MemoryMarshal.AsBytes<float>([.. tensor.FloatData]).ToArray(),
        DType.F64 or DType.C128 => MemoryMarshal.AsBytes<double>([.. tensor.DoubleData]).ToArray(),
        DType.I64 => MemoryMarshal.AsBytes<long>([.. tensor.Int64Data]).ToArray(),
        DType.U64 => MemoryMarshal.AsBytes<ulong>([.. tensor.Uint64Data]).ToArray(),
        DType.U32 => MemoryMarshal.AsBytes<uint>([.. tensor.Uint64Data.Select(static x => (uint)x)]).ToArray(),
        DType.I32 => MemoryMarshal.AsBytes<int>([.. tensor.Int32Data]).ToArray(),
        DType.I16 or DType.U16 or DType.F16 or DType.BF16 => MemoryMarshal.AsBytes<ushort>([.. tensor.Int32Data.Select(static x => (ushort)x)]).ToArray(),

        // Types of 8 bits; and those below, of which each entry holds the bits of one whole byte.
        _ => tensor.Int32Data.Select(static x => (byte)x).ToArray(),
    };

    private static TesseraException Error(TensorProto tensor, string message, Exception? inner = null) => new("TSR0823", tensor.Name, message, inner: inner);
}
