using Tessera.Testing;
using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;
using Xunit;

namespace Tessera.Onnx.Tests.ExternalData;

public sealed class TensorReaderTests
{
    [Fact]
    public void Every_field_of_typed_data_gives_the_bytes_of_raw_data()
    {
        Assert.Equal(MemoryWeightSource.Of<float>([1.5f, -2], 2).ToArray(), Read(DType.F32, 2, static t => t.FloatData.Add([1.5f, -2])));
        Assert.Equal(MemoryWeightSource.Of<float>([1.5f, -2], 2).ToArray(), Read(DType.C64, 1, static t => t.FloatData.Add([1.5f, -2])));
        Assert.Equal(MemoryWeightSource.Of<double>([1.5, -2], 2).ToArray(), Read(DType.F64, 2, static t => t.DoubleData.Add([1.5, -2])));
        Assert.Equal(MemoryWeightSource.Of<double>([1.5, -2], 2).ToArray(), Read(DType.C128, 1, static t => t.DoubleData.Add([1.5, -2])));
        Assert.Equal(MemoryWeightSource.Of<long>([-1], 1).ToArray(), Read(DType.I64, 1, static t => t.Int64Data.Add(-1)));
        Assert.Equal(MemoryWeightSource.Of<ulong>([ulong.MaxValue], 1).ToArray(), Read(DType.U64, 1, static t => t.Uint64Data.Add(ulong.MaxValue)));
        Assert.Equal(MemoryWeightSource.Of<uint>([uint.MaxValue], 1).ToArray(), Read(DType.U32, 1, static t => t.Uint64Data.Add(uint.MaxValue)));
        Assert.Equal(MemoryWeightSource.Of<int>([-7], 1).ToArray(), Read(DType.I32, 1, static t => t.Int32Data.Add(-7)));
    }

    [Theory]
    [InlineData(DType.I16, 2)]
    [InlineData(DType.U16, 2)]
    [InlineData(DType.F16, 2)]
    [InlineData(DType.BF16, 2)]
    [InlineData(DType.I8, 1)]
    [InlineData(DType.U8, 1)]
    [InlineData(DType.Bool, 1)]
    [InlineData(DType.F8E4M3FN, 1)]
    [InlineData(DType.F8E8M0, 1)]
    public void Narrow_types_are_the_low_bits_of_int32_data(DType type, int bytes)
    {
        var expected = new byte[] { 0xFE, 0xFF, 1, 0 }.Chunk(2).SelectMany(pair => pair[..bytes]);
        Assert.Equal(expected, Read(type, 2, static t => t.Int32Data.Add([-2, 1])));
    }

    [Fact]
    public void Elements_below_8_bits_share_the_bytes_of_int32_data()
    {
        Assert.Equal([0x21, 0x03], Read(DType.I4, 3, static t => t.Int32Data.Add([0x21, 0x03])));
        Assert.Equal([0xE4, 0x01], Read(DType.U2, 5, static t => t.Int32Data.Add([0xE4, 0x01])));
    }

    [Fact]
    public void Raw_data_is_not_copied_and_scalars_have_one_element()
    {
        var source = TensorReader.Read(new TensorProto { DataType = (int)DType.F32, RawData = ByteString.CopyFrom(0, 0, 128, 63) });
        Assert.Empty(source.Dims);
        Assert.Equal(BitConverter.GetBytes(1f), source.ToArray());
        Assert.Empty(Read(DType.F32, 0, static _ => { }));
    }

    [Fact]
    public void Tensors_that_contradict_themselves_are_refused()
    {
        Refused("takes 8 bytes; it has 4", DType.F32, 2, static t => t.FloatData.Add(1));
        Refused("takes 8 bytes; it has 0", DType.F32, 2, static t => t.Int32Data.Add([1, 2]));
        Refused("takes 8 bytes; it has 3", DType.F32, 2, static t => t.RawData = ByteString.CopyFrom(1, 2, 3));
        Refused("negative", DType.F32, -2, static _ => { });
        Refused("64 bits", DType.F32, long.MaxValue, static _ => { });
        Refused("string", DType.String, 1, static _ => { });
        Refused("number 99", (DType)99, 1, static _ => { });
    }

    [SkippableFact]
    public void Inputs_of_the_node_tests_are_read()
    {
        var read = 0;
        foreach (var file in Directory.EnumerateFiles(NodeTestData.RequireFolder(), "model.onnx", SearchOption.AllDirectories))
        {
            var inputs = ModelProto.Parser.ParseFrom(File.ReadAllBytes(file)).Graph.Input;
            for (var i = 0; i < inputs.Count; i++)
            {
                var data = Path.Combine(Path.GetDirectoryName(file)!, "test_data_set_0", $"input_{i}.pb");
                if (inputs[i].Type.TensorType is not { ElemType: not (int)DType.String } type || !File.Exists(data)) continue;
                var source = TensorReader.Read(TensorProto.Parser.ParseFrom(File.ReadAllBytes(data)));
                Assert.Equal((type.ElemType, source.ByteLength), ((int)source.DType, source.ToArray().LongLength));
                read++;
            }
        }

        Assert.True(read > 100, $"only {read} tensors were found");
    }

    private static byte[] Read(DType type, long size, Action<TensorProto> fill)
    {
        var tensor = new TensorProto { Name = "t", DataType = (int)type, Dims = { size } };
        fill(tensor);
        return TensorReader.Read(tensor).ToArray();
    }

    private static void Refused(string message, DType type, long size, Action<TensorProto> fill)
    {
        var error = Assert.Throws<TesseraException>(() => Read(type, size, fill));
        Assert.Equal(("TSR0823", "t"), (error.Code, error.Place));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
