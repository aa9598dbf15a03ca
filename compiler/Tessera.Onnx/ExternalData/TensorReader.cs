using System.Runtime.InteropServices;
using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>The bytes of a tensor wherever ONNX lets them lie: in raw_data, in the field of its type, or in a file.</summary>
public static class TensorReader
{
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

    internal static string Text(TensorProto tensor) => $"{((DType)tensor.DataType).Text()}[{string.Join(", ", tensor.Dims)}]";

    /// <summary>Bytes that type and sizes ask for, once both are known to make sense.</summary>
    internal static long ByteLength(TensorProto tensor)
    {
        var type = (DType)tensor.DataType;
        if (type.Bits() == 0) throw Error(tensor, $"elements of type {(Enum.IsDefined(type) ? type.Text() : $"number {tensor.DataType}")} are not bytes of a weight.");
        if (tensor.Dims.Any(static d => d < 0)) throw Error(tensor, $"the tensor {Text(tensor)} has a negative size.");
        try
        {
            var bytes = type.ByteCount(tensor.Dims.Aggregate(1L, static (a, b) => checked(a * Math.Max(b, 1))));
            return tensor.Dims.Contains(0) ? 0 : bytes;
        }
        catch (OverflowException error)
        {
            throw Error(tensor, $"the tensor {Text(tensor)} has more bytes than 64 bits can count.", error);
        }
    }

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
