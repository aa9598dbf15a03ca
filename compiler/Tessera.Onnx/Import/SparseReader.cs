using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Sparse tensors as dense ones: the same numbers, and zeros where none is given.</summary>
internal static class SparseReader
{
    /// <summary>A few bytes of a file may stand for tensors of any size: what all of a model take when dense.</summary>
    internal const long MostBytes = 1L << 30;

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

        byte[] given = TensorReader.Read(values, external).ToArray();
        RefTensor positions = RefTensors.FromSource(TensorReader.Read(sparse.Indices, external));
        int size = dtype.Bits() / 8;
        int count = given.Length / size;
        if (!positions.Dims.AsSpan().SequenceEqual(positions.Rank == 1 ? [count] : [count, dims.Length]))
        {
            throw Error(name, $"its {count} values have positions of sizes [{string.Join(", ", positions.Dims)}].");
        }

        byte[] data = new byte[bytes];
        long before = -1;
        for (int i = 0; i < count; i++)
        {
            long position = Position(name, positions, i, dims);
            before = position > before ? position : throw Error(name, $"position {i} does not come after the one before it.");
            given.AsSpan(i * size, size).CopyTo(data.AsSpan((int)position * size));
        }

        return new MemoryWeightSource(dtype, dims, data);
    }

    /// <summary>Bytes of the dense tensor; 0 of one that contradicts itself, which is told when it is read.</summary>
    internal static long DenseBytes(SparseTensorProto sparse)
    {
        TensorProto dense = new() { Name = sparse.Values?.Name ?? "", DataType = sparse.Values?.DataType ?? 0 };
        dense.Dims.AddRange(sparse.Dims);
        return ((DType)dense.DataType).Bits() == 0 ? 0 : TensorReader.ByteLength(dense);
    }

    // One number in row-major order, or one coordinate for each axis.
    private static long Position(string name, RefTensor positions, int i, long[] dims)
    {
        if (positions.Rank == 1)
        {
            return positions.I[i] >= 0 && positions.I[i] < dims.Aggregate(1L, static (a, b) => a * b)
                ? positions.I[i]
                : throw Error(name, $"position {i} is outside of it.");
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
