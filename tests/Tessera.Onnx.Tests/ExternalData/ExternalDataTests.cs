using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Tessera.Ir;
using Tessera.Onnx.Proto;
using Tessera.Onnx.Tests.Files;
using Xunit;

namespace Tessera.Onnx.Tests.ExternalData;

public sealed class ExternalDataTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tensors_are_aligned_and_the_gaps_are_zero()
    {
        var sample = SampleModel.Of(SampleModel.Counting(3), SampleModel.Counting(5), SampleModel.Counting(20_000), SampleModel.Counting(20_000));
        using var stream = new MemoryStream();
        ExternalDataWriter.Write(stream, "d", sample.Weights);
        Assert.Equal([0, 64, 4096, 86_016], sample.Weights.Select(static w => Value(w.Proto, "offset")));
        Assert.Equal([12, 20, 80_000, 80_000], sample.Weights.Select(static w => Value(w.Proto, "length")));
        Assert.Equal(86_016 + 80_000, stream.Length);
        var bytes = stream.ToArray();
        Assert.All(bytes[12..64].Concat(bytes[84..4096]).Concat(bytes[84_096..86_016]), static b => Assert.Equal(0, b));
        Assert.All(sample.Weights, w => Assert.Equal(
            w.Source.ToArray(), bytes.AsSpan((int)Value(w.Proto, "offset"), (int)Value(w.Proto, "length")).ToArray()));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(long.MaxValue)]
    public void Onnx_runtime_runs_what_is_saved(long externalAbove)
    {
        var sample = SampleModel.Of(SampleModel.Counting(30_000), SampleModel.Counting(30_000), SampleModel.Counting(1));
        ModelFile.Save(_folder.File("m.onnx"), sample.Model, sample.Weights, new SaveOptions { ExternalAbove = externalAbove });
        using var session = new InferenceSession(_folder.File("m.onnx"));
        using var options = new RunOptions();
        using var x = OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(0.5f, 30_000).ToArray(), [30_000]);
        using var results = session.Run(options, ["x"], [x], ["y"]);
        Assert.Equal(Enumerable.Range(0, 30_000).Select(static i => 0.5f + (2 * i)), results[0].GetTensorDataAsSpan<float>().ToArray());
    }

    [Fact]
    public void A_tensor_in_a_folder_below_and_without_offset_or_length_is_read()
    {
        Directory.CreateDirectory(_folder.File("sub"));
        _folder.Write("sub/w.bin", [1, 2, 3, 4, 5]);
        Assert.Equal([1, 2, 3], Read(External(3, ("location", "sub/w.bin"))));
        Assert.Equal([1, 2, 3], Read(External(3, ("location", "sub\\w.bin"))));
        Assert.Equal([3, 4, 5], Read(External(3, ("location", "sub/w.bin"), ("offset", "2"))));
        Assert.Equal([3, 4, 5], Read(External(3, ("location", "sub/w.bin"), ("offset", "2"), ("length", "3"), ("checksum", "?"))));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../w.bin")]
    [InlineData("sub/../../w.bin")]
    [InlineData("..\\w.bin")]
    [InlineData("C:\\w.bin")]
    [InlineData("C:w.bin")]
    [InlineData("./w.bin")]
    [InlineData("sub//w.bin")]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("w\0.bin")]
    public void A_location_outside_the_folder_is_refused(string location)
    {
        var error = Refused(External(3, ("location", location)));
        Assert.Equal(("TSR0824", "w"), (error.Code, error.Place));
        Assert.Contains(location, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3", "3", "[3, 6)")]
    [InlineData("9223372036854775807", "3", "9223372036854775810")]
    [InlineData("0", "4", "external length is 4")]
    [InlineData("0", "2", "external length is 2")]
    [InlineData("-1", "3", "'-1'")]
    [InlineData("1.0", "3", "'1.0'")]
    [InlineData(" 1", "3", "' 1'")]
    [InlineData("99999999999999999999", "3", "'99999999999999999999'")]
    [InlineData("", "3", "''")]
    public void Offset_and_length_that_do_not_fit_are_refused(string offset, string length, string message)
    {
        _folder.Write("w.bin", [1, 2, 3, 4, 5]);
        var error = Refused(External(3, ("location", "w.bin"), ("offset", offset), ("length", length)));
        Assert.Equal(("TSR0825", "w"), (error.Code, error.Place));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void External_data_that_is_incomplete_is_refused()
    {
        Assert.Equal("TSR0825", Refused(External(3)).Code);
        Assert.Equal("TSR0825", Refused(External(3, ("location", "a"), ("location", "b"))).Code);
        Assert.Equal("TSR0430", Refused(External(3, ("location", "gone.bin"))).Code);
        Assert.Equal("TSR0823", Refused(External(-3, ("location", "gone.bin"))).Code);
        Assert.Equal("TSR0823", Assert.Throws<TesseraException>(static () => TensorReader.Read(External(3, ("location", "a")))).Code);
    }

    private byte[] Read(TensorProto tensor)
    {
        using var reader = new ExternalDataReader(_folder.Path);
        return TensorReader.Read(tensor, reader).ToArray();
    }

    private TesseraException Refused(TensorProto tensor) => Assert.Throws<TesseraException>(() => Read(tensor));

    private static long Value(TensorProto tensor, string key) =>
        long.Parse(tensor.ExternalData.Single(e => e.Key == key).Value, CultureInfo.InvariantCulture);

    private static TensorProto External(long size, params (string Key, string Value)[] entries)
    {
        var tensor = new TensorProto { Name = "w", DataType = (int)DType.U8, Dims = { size }, DataLocation = TensorProto.Types.DataLocation.External };
        foreach (var (key, value) in entries) tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        return tensor;
    }
}
