using System.Buffers.Binary;
using System.Text;
using Tessera.Ir;
using Tessera.Nn.Weights;
using Xunit;

namespace Tessera.Nn.Tests.Weights;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Written_weights_read_back()
    {
        var path = _folder.File("a.safetensors");
        SafetensorsWriter.Write(path, Sample(), new Dictionary<string, string> { ["format"] = "pt", ["a"] = "é\n" });

        using var file = SafetensorsFile.Open(path);
        Assert.Equal(new Dictionary<string, string> { ["a"] = "é\n", ["format"] = "pt" }, file.Metadata);
        Assert.Equal(["ids", "w", "b", "flag"], file.Weights.Keys);
        foreach (var (name, source) in Sample())
        {
            Assert.Equal(source.DType, file.Weights[name].DType);
            Assert.Equal(source.Dims, file.Weights[name].Dims);
            Assert.Equal(source.ToArray(), file.Weights[name].ToArray());
        }
    }

    [Fact]
    public void Every_type_of_the_format_reads_back()
    {
        DType[] types = [.. Enum.GetValues<DType>().Where(static t => SafetensorsTypes.Name(t) is not null)];
        Assert.Equal(20, types.Length);
        foreach (var type in types)
        {
            var source = new MemoryWeightSource(type, [2, 2], Enumerable.Range(1, (int)type.ByteCount(4)).Select(static i => (byte)i).ToArray());
            var path = _folder.File($"{type}.safetensors");
            SafetensorsWriter.Write(path, [KeyValuePair.Create<string, WeightSource>("w", source)]);
            using var file = SafetensorsFile.Open(path);
            Assert.Equal(type, file.Weights["w"].DType);
            Assert.Equal(source.ToArray(), file.Weights["w"].ToArray());
        }
    }

    [Fact]
    public void Writer_orders_and_aligns_and_repeats_itself()
    {
        var (first, second) = (_folder.File("1"), _folder.File("2"));
        SafetensorsWriter.Write(first, Sample());
        SafetensorsWriter.Write(second, Sample().Reverse());
        var bytes = File.ReadAllBytes(first);
        Assert.Equal(bytes, File.ReadAllBytes(second));

        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(
            """{"ids":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2,2],"data_offsets":[8,24]},"b":{"dtype":"F16","shape":[0,3],"data_offsets":[24,24]},"flag":{"dtype":"BOOL","shape":[],"data_offsets":[24,25]}}""",
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
    }

    [Fact]
    public void A_file_made_by_hand_is_read()
    {
        var path = Raw("""{"__metadata__":{"k":"v"},"x":{"dtype":"BF16","shape":[2],"data_offsets":[1,5]},"y":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}}  """, [9, 1, 2, 3, 4]);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(["y", "x"], file.Weights.Keys);
        Assert.Equal([1, 2, 3, 4], file.Weights["x"].ToArray());
        Assert.Equal("v", file.Metadata["k"]);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        var path = _folder.Write("w.safetensors", [1, 2, 3]);
        var broken = new GeneratedWeightSource(DType.F32, [10], static (_, _) => throw new InvalidOperationException("broken"));
        Assert.Throws<InvalidOperationException>(() => SafetensorsWriter.Write(path, [KeyValuePair.Create<string, WeightSource>("w", broken)]));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Equal(["w.safetensors"], _folder.Names);
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused()
    {
        WeightSource weight = MemoryWeightSource.Of<float>([1], 1), packed = new MemoryWeightSource(DType.I4, [2], new byte[1]);
        Refused(KeyValuePair.Create("w", packed), KeyValuePair.Create("v", weight));
        Refused(KeyValuePair.Create("w", weight), KeyValuePair.Create("w", weight));
        Refused(KeyValuePair.Create("__metadata__", weight));
        Assert.Empty(_folder.Names);

        void Refused(params KeyValuePair<string, WeightSource>[] weights) =>
            Assert.Equal("TSR0638", Assert.Throws<TesseraException>(() => SafetensorsWriter.Write(_folder.File("x"), weights)).Code);
    }

    [Fact]
    public void Shards_are_read_as_one()
    {
        SafetensorsWriter.Write(_folder.File("1.safetensors"), [KeyValuePair.Create<string, WeightSource>("a", MemoryWeightSource.Of<int>([1], 1))]);
        SafetensorsWriter.Write(_folder.File("2.safetensors"), [KeyValuePair.Create<string, WeightSource>("b", MemoryWeightSource.Of<int>([2], 1))]);
        var weights = WeightSet.Load(Index("""{"metadata":{"total_size":8},"weight_map":{"b":"2.safetensors","a":"1.safetensors"}}"""));
        Assert.Equal(["b", "a"], weights.Keys);
        Assert.Equal([2, 0, 0, 0], weights["b"].ToArray());
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"1.safetensors","z":"1.safetensors"}}""", "'z' in 1.safetensors")]
    [InlineData("""{"weight_map":{"a":"../1.safetensors"}}""", "beside the index")]
    [InlineData("""{"weight_map":{"a":"/1.safetensors"}}""", "beside the index")]
    [InlineData("""{"weight_map":{"a":""}}""", "beside the index")]
    [InlineData("""{"weight_map":{"a":1}}""", "beside the index")]
    [InlineData("""{"weight_map":[]}""", "weight_map")]
    [InlineData("""[]""", "weight_map")]
    [InlineData("", "JSON")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","a":"2.safetensors"}}""", "JSON")]
    public void A_lying_index_is_refused(string index, string message)
    {
        SafetensorsWriter.Write(_folder.File("1.safetensors"), [KeyValuePair.Create<string, WeightSource>("a", MemoryWeightSource.Of<int>([1], 1))]);
        var error = Assert.Throws<TesseraException>(() => WeightSet.Load(Index(index)));
        Assert.Equal("TSR0637", error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Shards_are_unmapped_when_one_of_them_fails()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "what is mapped is read from /proc");
        var first = _folder.File("first.safetensors");
        SafetensorsWriter.Write(first, [KeyValuePair.Create<string, WeightSource>("a", MemoryWeightSource.Of<float>([1, 2], 2))]);
        _folder.Write("m.json", """{"weight_map": {"a": "first.safetensors", "b": "second.safetensors"}}"""u8.ToArray());
        Assert.Throws<TesseraException>(() => SafetensorsShards.Open(_folder.File("m.json")));
        Assert.DoesNotContain(first, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
        _folder.Write("m.json", """{"weight_map": {"a": "first.safetensors", "b": "first.safetensors"}}"""u8.ToArray());
        Assert.Throws<TesseraException>(() => SafetensorsShards.Open(_folder.File("m.json")));
        Assert.DoesNotContain(first, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_shard_is_named()
    {
        var error = Assert.Throws<TesseraException>(() => WeightSet.Load(Index("""{"weight_map":{"a":"gone.safetensors"}}""")));
        Assert.Equal("TSR0430", error.Code);
        Assert.Contains("gone.safetensors", error.Message, StringComparison.Ordinal);
    }

    private string Index(string json) => _folder.Write("m.safetensors.index.json", Encoding.UTF8.GetBytes(json));

    private string Raw(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return _folder.Write("raw.safetensors", [.. BitConverter.GetBytes((long)json.Length), .. json, .. data]);
    }

    private static KeyValuePair<string, WeightSource>[] Sample() =>
    [
        new("flag", MemoryWeightSource.Of<bool>([true])),
        new("w", MemoryWeightSource.Of<float>([1, 2, float.NaN, 4], 2, 2)),
        new("ids", MemoryWeightSource.Of<long>([-1], 1)),
        new("b", MemoryWeightSource.Of<Half>([], 0, 3)),
    ];
}
