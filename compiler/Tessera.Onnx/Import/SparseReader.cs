using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Sparse tensors as dense ones: the same numbers, and zeros where none is given.</summary>
internal static class SparseReader
{
    /// <summary>A few bytes of a file may stand for a tensor of any size: larger ones are refused.</summary>
    private const long MostBytes = 1L << 30;

    /// <exception cref="TesseraException">TSR0823: values, positions and sizes contradict each other. TSR0830: the dense tensor is too large.</exception>
    public static WeightSource Read(SparseTensorProto sparse, ExternalDataReader? external)
    {
        TensorProto values = sparse.Values ?? throw Error("", "it has no values.");
        (string name, DType dtype) = (values.Name, (DType)values.DataType);
        long[] dims = [.. sparse.Dims];
        if (sparse.Indices is null || values.Dims.Count != 1 || (DType)sparse.Indices.DataType != DType.I64 || dtype.Bits() < 8)
        {
            throw Error(name, "its values must be a vector of at least 8 bits an element, its positions i64.");
        }

        TensorProto dense = new() { Name = name, DataType = values.DataType };
        dense.Dims.AddRange(dims);
        long bytes = TensorReader.ByteLength(dense);
        if (bytes > MostBytes)
        {
            throw new TesseraException("TSR0830", name, $"the sparse tensor takes {bytes} bytes when dense; {MostBytes} are allowed.", "Write it as a dense tensor.");
        }

        byte[] data = new byte[bytes];
        byte[] given = TensorReader.Read(values, external).ToArray();
        RefTensor positions = RefTensors.FromSource(TensorReader.Read(sparse.Indices, external));
        int size = dtype.Bits() / 8;
        for (int i = 0; i < given.Length / size; i++)
        {
            given.AsSpan(i * size, size).CopyTo(data.AsSpan((int)Position(name, positions, i, dims) * size));
        }

        return new MemoryWeightSource(dtype, dims, data);
    }

    // One number in row-major order, or one coordinate for each axis.
    private static long Position(string name, RefTensor positions, int i, long[] dims)
    {
        if (positions.Rank == 1 && i < positions.Count && positions.I[i] >= 0 && positions.I[i] < dims.Aggregate(1L, static (a, b) => a * b))
        {
            return positions.I[i];
        }

        if (positions.Rank != 2 || positions.Dims[1] != dims.Length || i >= positions.Dims[0])
        {
            throw Error(name, $"position {i} is missing or outside of it.");
        }

        long at = 0;
        for (int axis = 0; axis < dims.Length; axis++)
        {
            long coordinate = positions.I[(i * dims.Length) + axis];
            at = coordinate >= 0 && coordinate < dims[axis] ? (at * dims[axis]) + coordinate : throw Error(name, $"position {i} is outside of it.");
        }

        return at;
    }

    private static TesseraException Error(string name, string message) => new("TSR0823", name, $"the sparse tensor cannot be read: {message}");
}
