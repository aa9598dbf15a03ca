using Google.Protobuf;
using Tessera.Onnx.Proto;
using Tessera.Testing;
using Xunit;

namespace Tessera.Onnx.Tests.Proto;

/// <summary>
/// Every file of the node tests, parsed with unknown fields dropped, re-encodes to the same bytes: so no field, enum
/// value, wire type or packing is missing from onnx.proto, at any depth.
/// </summary>
public sealed class RoundTripTests
{
    [SkippableFact]
    public void Models_of_the_node_tests_round_trip_byte_for_byte() =>
        AssertRoundTrips("model.onnx", ModelProto.Parser);

    [SkippableFact]
    public void Tensors_of_the_node_tests_round_trip_byte_for_byte() =>
        AssertRoundTrips("*.pb", TensorProto.Parser, SequenceProto.Parser, OptionalProto.Parser);

    [SkippableFact]
    public void Models_of_the_node_tests_name_only_known_element_types()
    {
        var models = Directory.EnumerateFiles(NodeTestData.RequireFolder(), "model.onnx", SearchOption.AllDirectories);
        var types = models
            .SelectMany(static file => ModelProto.Parser.ParseFrom(File.ReadAllBytes(file)).Graph.Input)
            .Select(static input => (TensorProto.Types.DataType)(input.Type.TensorType?.ElemType ?? 0))
            .Distinct().ToArray();
        Assert.All(types, static type => Assert.True(Enum.IsDefined(type), $"{type} is not a known element type"));
        Assert.Contains(TensorProto.Types.DataType.Float, types);
    }

    private static void AssertRoundTrips(string pattern, params MessageParser[] parsers)
    {
        var folder = NodeTestData.RequireFolder();
        var files = Directory.GetFiles(folder, pattern, SearchOption.AllDirectories);
        MessageParser[] strict = [.. parsers.Select(static p => p.WithDiscardUnknownFields(true))];
        var wrong = files.Where(file => !RoundTrips(File.ReadAllBytes(file), strict))
            .Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(files);
        Assert.Empty(wrong);
    }

    private static bool RoundTrips(byte[] bytes, MessageParser[] parsers) =>
        parsers.Any(parser => TryParse(parser, bytes)?.ToByteArray().AsSpan().SequenceEqual(bytes) == true);

    private static IMessage? TryParse(MessageParser parser, byte[] bytes)
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
