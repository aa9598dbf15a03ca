using Tessera.Ir;
using Tessera.Onnx.Proto;
using static Tessera.Testing.Malformed.Protos;

namespace Tessera.Testing.Malformed;

/// <summary>Sparse tensors whose values, positions and sizes contradict each other, or that ask for more memory than there is.</summary>
internal static class SparseCases
{
    public static IEnumerable<MalformedCase> All =>
    [
        Sparse("positions along the whole", null, [2, 3], Values(2), Positions([2], 1, 5)),
        Sparse("positions along each axis", null, [2, 3], Values(2), Positions([2, 2], 0, 1, 1, 2)),
        Sparse("no elements", null, [2, 3], Values(0), Positions([0])),
        Sparse("a position behind the end", "TSR0823", [2, 3], Values(1), Positions([1], 6)),
        Sparse("a negative position", "TSR0823", [2, 3], Values(1), Positions([1], -1)),
        Sparse("a coordinate behind the end of its axis", "TSR0823", [2, 3], Values(1), Positions([1, 2], 0, 3)),
        Sparse("a negative coordinate", "TSR0823", [2, 3], Values(1), Positions([1, 2], 1, -1)),
        Sparse("a position of 63 bits", "TSR0823", [2, 3], Values(1), Positions([1], long.MaxValue)),
        Sparse("positions that fall", "TSR0823", [2, 3], Values(2), Positions([2], 5, 1)),
        Sparse("a position given twice", "TSR0823", [2, 3], Values(2), Positions([2], 4, 4)),
        Sparse("coordinates that fall", "TSR0823", [2, 3], Values(2), Positions([2, 2], 1, 0, 0, 2)),
        Sparse("fewer positions than values", "TSR0823", [2, 3], Values(3), Positions([2], 0, 1)),
        Sparse("more positions than values", "TSR0823", [2, 3], Values(1), Positions([2], 0, 1)),
        Sparse("coordinates of too few axes", "TSR0823", [2, 3, 4], Values(1), Positions([1, 2], 0, 1)),
        Sparse("positions of three axes", "TSR0823", [2, 3], Values(1), Positions([1, 1, 2], 0, 1)),
        Sparse("a scalar position", "TSR0823", [2, 3], Values(1), Positions([], 1)),
        Sparse("positions of i32", "TSR0823", [2, 3], Values(1), new TensorProto { DataType = (int)DType.I32, Dims = { 1 }, Int32Data = { 1 } }),
        Sparse("positions without data", "TSR0823", [2, 3], Values(1), new TensorProto { DataType = (int)DType.I64, Dims = { 1 } }),
        Sparse("no positions", "TSR0823", [2, 3], Values(1), null),
        Sparse("values that are a matrix", "TSR0823", [2, 3], Tensor("w", DType.F32, [1, 1], new byte[4]), Positions([1], 1)),
        Sparse("values of half a byte", "TSR0823", [2, 3], Tensor("w", DType.I4, [2], 1), Positions([2], 0, 1)),
        Sparse("values that are strings", "TSR0823", [2, 3], new TensorProto { Name = "w", DataType = (int)DType.String, Dims = { 0 } }, Positions([0])),
        Sparse("values shorter than their size", "TSR0823", [2, 3], Tensor("w", DType.F32, [2], new byte[4]), Positions([2], 0, 1)),
        Sparse("a negative size", "TSR0823", [-2, 3], Values(0), Positions([0])),
        Sparse("sizes whose product overflows", "TSR0823", [1L << 40, 1L << 40], Values(0), Positions([0])),
        Sparse("sizes of terabytes", "TSR0830", [1L << 38], Values(1), Positions([1], 0)),
        Sparse("a million axes", "TSR0823", [.. Enumerable.Repeat(1L, 1_000_000)], Values(0), Positions([0])),
        new("ten thousand sparse weights of a gigabyte each", "TSR0830", Many()),
        new("a sparse constant of terabytes", "TSR0830", Model(Constant([1L << 38]), Node("Mystery", "x w", "y"))),
    ];

    private static MalformedCase Sparse(string name, string? code, long[] dims, TensorProto values, TensorProto? positions) =>
        new($"a sparse weight with {name}", code, Model(Node("Mystery", "x w", "y")).With(m => m.Graph.SparseInitializer.Add(Of(dims, values, positions))));

    private static ModelProto Many() => Model(Node("Mystery", "x w7", "y")).With(static m => m.Graph.SparseInitializer.AddRange(
        Enumerable.Range(0, 10_000).Select(static i => Of([1L << 28], Tensor($"w{i}", DType.F32, [0]), Positions([0])))));

    private static NodeProto Constant(long[] dims) => Node("Constant", "", "w", new AttributeProto
    {
        Name = "sparse_value",
        Type = AttributeProto.Types.AttributeType.SparseTensor,
        SparseTensor = Of(dims, Tensor("", DType.F32, [0]), Positions([0])),
    });

    private static SparseTensorProto Of(long[] dims, TensorProto values, TensorProto? positions)
    {
        SparseTensorProto sparse = new() { Values = values, Dims = { dims } };
        if (positions is not null)
        {
            sparse.Indices = positions;
        }

        return sparse;
    }

    private static TensorProto Values(int count) => Tensor("w", DType.F32, [count], new byte[4 * count]);

    private static TensorProto Positions(long[] dims, params long[] values) => new() { DataType = (int)DType.I64, Dims = { dims }, Int64Data = { values } };
}
