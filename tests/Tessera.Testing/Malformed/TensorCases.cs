using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;
using static Tessera.Testing.Malformed.Protos;

namespace Tessera.Testing.Malformed;

/// <summary>Tensors that contradict themselves, as initializers and as attributes.</summary>
internal static class TensorCases
{
    public static IEnumerable<MalformedCase> All =>
    [
        Weight("raw data shorter than its sizes", "TSR0823", Tensor("w", DType.F32, [2, 3], new byte[23])),
        Weight("raw data longer than its sizes", "TSR0823", Tensor("w", DType.F32, [2, 3], new byte[25])),
        Weight("no data", "TSR0823", new TensorProto { Name = "w", DataType = (int)DType.F32, Dims = { 2, 3 } }),
        Weight("data in the field of another type", "TSR0823", new TensorProto { Name = "w", DataType = (int)DType.F32, Dims = { 1 }, Int64Data = { 1 } }),
        Weight("a negative size", "TSR0823", Tensor("w", DType.F32, [-1, 3], new byte[12])),
        Weight("two negative sizes", "TSR0823", Tensor("w", DType.F32, [-2, -3], new byte[24])),
        Weight("sizes whose product overflows", "TSR0823", Tensor("w", DType.F32, [1L << 32, 1L << 32], new byte[4])),
        Weight("sizes whose product overflows to a small one", "TSR0823", Tensor("w", DType.F32, [1L << 62, 4, 6], new byte[24])),
        Weight("sizes of exabytes", "TSR0823", Tensor("w", DType.F32, [1L << 60], new byte[4])),
        Weight("sizes of gigabytes", "TSR0823", Tensor("w", DType.F32, [1L << 34], new byte[4])),
        Weight("no elements, and sizes whose product overflows", "TSR0823", Tensor("w", DType.F32, [0, 1L << 62, 1L << 62])),
        Weight("no elements", null, Tensor("w", DType.F32, [0, 3])),
        Weight("an element type that does not exist", "TSR0823", Tensor("w", (DType)99, [1], 0)),
        Weight("a negative element type", "TSR0823", Tensor("w", (DType)(-1), [1], 0)),
        Weight("no element type", "TSR0823", new TensorProto { Name = "w", Dims = { 1 }, RawData = ByteString.CopyFrom(1) }),
        Weight("strings as raw data", "TSR0823", Tensor("w", DType.String, [1], 65)),
        Weight("fewer strings than its sizes", "TSR0823", new TensorProto { Name = "w", DataType = (int)DType.String, Dims = { 3 }, StringData = { ByteString.CopyFromUtf8("a") } }),
        Weight("strings of sizes whose product overflows", "TSR0823", new TensorProto { Name = "w", DataType = (int)DType.String, Dims = { 1L << 40, 1L << 40 }, StringData = { ByteString.CopyFromUtf8("a") } }),
        Weight("strings that are no UTF-8", "TSR0823", new TensorProto { Name = "w", DataType = (int)DType.String, Dims = { 1 }, StringData = { ByteString.CopyFrom(0xFF, 0xFE) } }),
        Weight("half a byte too few", "TSR0823", Tensor("w", DType.I4, [3], 0)),
        Weight("a million axes", "TSR0823", Tensor("w", DType.F32, [.. Enumerable.Repeat(1L, 1_000_000)], new byte[4])),
        Constant("a constant that is too short", "TSR0823", Tensor("", DType.F32, [2, 3], 1)),
        Constant("a constant of petabytes", "TSR0830", Tensor("", DType.F32, [1L << 50], 1)),
        Constant("a constant of an element type that does not exist", "TSR0823", Tensor("", (DType)77, [1], 1)),
        Constant("a constant with external data that is not there", "TSR0430", External("", [4], ("location", "none.bin"))),
        new("a constant without a value", null, Model(Node("Constant", "", "y"))),
        new("a tensor attribute without a tensor", null, Model(Node("Constant", "", "y", new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor }))),
        new("an input of a negative size", null, Input(Info("z", DType.F32, -5))),
        new("an input of an element type that does not exist", "TSR0810", Input(Info("z", (DType)99, 1))),
        new("a map of keys of a type that does not exist", "TSR0810", Input(new ValueInfoProto { Name = "z", Type = new TypeProto { MapType = new TypeProto.Types.Map { KeyType = 99 } } })),
        new("an input of sizes whose product overflows", null, Input(Info("z", DType.F32, 1L << 62, 1L << 62))),
        new("an input of a map without values", null, Input(new ValueInfoProto { Name = "z", Type = new TypeProto { MapType = new TypeProto.Types.Map { KeyType = 7 } } })),
    ];

    private static MalformedCase Weight(string name, string? code, TensorProto tensor) =>
        new($"a weight with {name}", code, Model(Node("Mystery", "x w", "y")).With(m => m.Graph.Initializer.Add(tensor)));

    private static MalformedCase Constant(string name, string? code, TensorProto tensor) =>
        new(name, code, Model(Protos.Constant("c", tensor), Node("Mystery", "x c", "y")));

    private static ModelProto Input(ValueInfoProto info) => Model(Node("Identity", "z", "y")).With(m => m.Graph.Input.Add(info));
}
