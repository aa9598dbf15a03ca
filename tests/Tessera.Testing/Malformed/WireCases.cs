using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;
using static Tessera.Testing.Malformed.Protos;

namespace Tessera.Testing.Malformed;

/// <summary>Bytes that are no message, or another one than they seem.</summary>
internal static class WireCases
{
    public static IEnumerable<MalformedCase> All =>
    [
        MalformedCase.Raw("an empty file", "TSR0820", static () => []),
        MalformedCase.Raw("zeros", "TSR0820", static () => new byte[4096]),
        MalformedCase.Raw("ones", "TSR0820", static () => [.. Enumerable.Repeat((byte)0xFF, 4096)]),
        MalformedCase.Raw("text", "TSR0820", static () => "this is no model"u8.ToArray()),
        MalformedCase.Raw("a file cut in its middle", "TSR0820", static () => Good().ToByteArray()[..^40]),
        MalformedCase.Raw("a file cut in its last byte", "TSR0820", static () => Good().ToByteArray()[..^1]),
        MalformedCase.Raw("bytes behind the end", "TSR0820", static () => [.. Good().ToByteArray(), 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07]),
        MalformedCase.Raw("a graph longer than the file", "TSR0820", static () => [0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 1, 2, 3]),
        MalformedCase.Raw("a graph of a length of 64 bits", "TSR0820", static () => [0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
        MalformedCase.Raw("a number of more than 64 bits", "TSR0820", static () => [0x08, .. Enumerable.Repeat((byte)0x80, 20), 0x01]),
        MalformedCase.Raw("a field of number zero", "TSR0820", static () => [.. Good().ToByteArray(), 0x02, 0x00]),
        MalformedCase.Raw("groups within groups", "TSR0820", static () => [.. Enumerable.Repeat((byte)0x0B, 100_000)]),
        MalformedCase.Raw("a group that does not begin", "TSR0820", static () => [.. Good().ToByteArray(), 0x0C]),
        MalformedCase.Raw("a kind of field that does not exist", "TSR0820", static () => [.. Good().ToByteArray(), 0x0F]),
        MalformedCase.Raw("fields that nobody knows", null, static () => [.. Good().ToByteArray(), 0xFA, 0x7F, 3, 1, 2, 3, 0xF8, 0x7F, 5]),
        MalformedCase.Raw("a graph in two parts", null, static () => [.. Good().ToByteArray(), .. new ModelProto { Graph = new GraphProto { DocString = "more" } }.ToByteArray()]),
        MalformedCase.Raw("a graph that is no message", "TSR0820", static () => [0x08, 10, 0x38, 5]),
        MalformedCase.Raw("forty million empty nodes", "TSR0830", static () => Repeated([0x0A, 0x00], 40_000_000)),
        MalformedCase.Raw("forty million empty initializers", "TSR0830", static () => Repeated([0x2A, 0x00], 40_000_000)),
        MalformedCase.Raw("raw data given twice", null, static () => Twice()),
        MalformedCase.Raw("raw data of which only the last counts", "TSR0823", static () => Twice(shorter: true)),
        MalformedCase.Raw("a pointer to large files", "TSR0820", static () => "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"u8.ToArray()),
        new("no graph", "TSR0820", new ModelProto { IrVersion = 10 }),
        new("an empty graph", null, new ModelProto { IrVersion = 10, Graph = new GraphProto() }),
        new("an opset of 2^62", "TSR0803", Good().With(static m => m.OpsetImport[0].Version = 1L << 62)),
        new("a negative opset", "TSR0803", Good().With(static m => m.OpsetImport[0].Version = -5)),
        new("an opset that is imported twice", null, Good().With(static m => m.OpsetImport.Add(m.OpsetImport[0]))),
        new("no opset", "TSR0803", Good().With(static m => m.OpsetImport.Clear())),
        new("an IR version of 2^62", null, Good().With(static m => m.IrVersion = 1L << 62)),
        new("metadata that says it is ours", null, Model(Node("Mystery", "x", "y")).With(static m =>
        {
            m.ProducerName = "tessera";
            m.MetadataProps.Add(new StringStringEntryProto { Key = "tessera.constraints", Value = "((((" });
        })),
    ];

    private static ModelProto Good() => Model(Node("Add", "x w", "y")).With(static m => m.Graph.Initializer.Add(Tensor("w", DType.F32, [2, 3], new byte[24])));

    private static byte[] Repeated(byte[] field, int count)
    {
        byte[] graph = new byte[field.Length * count];
        for (int i = 0; i < graph.Length; i++)
        {
            graph[i] = field[i % field.Length];
        }

        using MemoryStream stream = new();
        CodedOutputStream output = new(stream);
        output.WriteTag(7, WireFormat.WireType.LengthDelimited);
        output.WriteLength(graph.Length);
        output.Flush();
        stream.Write(graph);
        return stream.ToArray();
    }

    private static byte[] Twice(bool shorter = false)
    {
        ModelProto model = Good();
        TensorProto tensor = model.Graph.Initializer[0];
        byte[] once = tensor.ToByteArray();
        byte[] twice = [.. once, .. new TensorProto { RawData = ByteString.CopyFrom(new byte[shorter ? 3 : 24]) }.ToByteArray()];
        model.Graph.Initializer.Clear();
        byte[] graph = [.. model.Graph.ToByteArray(), 0x2A, (byte)twice.Length, .. twice];
        model.Graph = null;
        return [.. model.ToByteArray(), 0x3A, (byte)(graph.Length % 128 | 128), (byte)(graph.Length / 128), .. graph];
    }
}
