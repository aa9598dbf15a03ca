using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;
using Xunit;

namespace Tessera.Onnx.Tests.Files;

public sealed class ModelFileTests : IDisposable
{
    private static readonly SaveOptions s_allInside = new() { ExternalAbove = long.MaxValue };
    private static readonly SaveOptions s_allBeside = new() { ExternalAbove = 0, SmallestExternal = 0 };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Inline_bytes_are_those_protobuf_writes_for_the_filled_model()
    {
        var sample = SampleModel.Of(SampleModel.Counting(1000), SampleModel.Counting(1000), SampleModel.Counting(1));
        var filled = sample.Model.Clone();
        for (var i = 0; i < sample.Weights.Length; i++) filled.Graph.Initializer[i].RawData = ByteString.CopyFrom(sample.Weights[i].Source.ToArray());
        ModelFile.Save(_folder.File("m.onnx"), sample.Model, sample.Weights, s_allInside);
        Assert.Equal(filled.ToByteArray(), File.ReadAllBytes(_folder.File("m.onnx")));
        Assert.Equal(filled.ToByteArray(), ModelFile.ToBytes(sample.Model, sample.Weights));
        Assert.Equal(["m.onnx"], _folder.Names);
    }

    [Fact]
    public void Both_forms_load_with_the_same_weights()
    {
        var sample = SampleModel.Of(SampleModel.Counting(70_000), SampleModel.Counting(3), SampleModel.Counting());
        foreach (var options in new[] { s_allInside, s_allBeside, new SaveOptions { ExternalAbove = 0 } })
        {
            ModelFile.Save(_folder.File("m.onnx"), sample.Model, sample.Weights, options);
            using var loaded = ModelFile.Load(_folder.File("m.onnx"));
            foreach (var (expected, tensor) in sample.Weights.Zip(loaded.Model.Graph.Initializer))
                Assert.Equal(expected.Source.ToArray(), loaded.Weight(tensor).ToArray());
        }
    }

    [Fact]
    public void The_threshold_decides_what_goes_beside()
    {
        var sample = SampleModel.Of(SampleModel.Counting(1000), SampleModel.Counting(10));
        Assert.Equal([false, false], Saved(new SaveOptions { ExternalAbove = 4040 }));
        Assert.Equal([true, false], Saved(new SaveOptions { ExternalAbove = 4039 }));
        Assert.Equal([true, true], Saved(new SaveOptions { ExternalAbove = 4039, SmallestExternal = 40 }));
        Assert.Equal([true, false], Saved(new SaveOptions { ExternalAbove = 4039, SmallestExternal = 41, DataFileName = "weights.bin" }));
        Assert.Equal(4000, new FileInfo(_folder.File("weights.bin")).Length);

        bool[] Saved(SaveOptions options)
        {
            ModelFile.Save(_folder.File("m.onnx"), sample.Model, sample.Weights, options);
            using var loaded = ModelFile.Load(_folder.File("m.onnx"));
            return [.. loaded.Model.Graph.Initializer.Select(static t => t.DataLocation == TensorProto.Types.DataLocation.External)];
        }
    }

    [Fact]
    public void Saving_twice_gives_the_same_bytes_and_leaves_the_model_alone()
    {
        var sample = SampleModel.Of(SampleModel.Counting(70_000), SampleModel.Counting(100));
        var before = sample.Model.Clone();
        foreach (var name in new[] { "1", "2" })
        {
            Directory.CreateDirectory(_folder.File(name));
            ModelFile.Save(Path.Combine(_folder.File(name), "m.onnx"), sample.Model, sample.Weights, s_allBeside);
            Assert.Equal(before, sample.Model);
        }

        var names = Directory.GetFiles(_folder.File("1")).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(2, names.Length);
        foreach (var file in names)
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder.File("1"), file!)), File.ReadAllBytes(Path.Combine(_folder.File("2"), file!)));
    }

    [Fact]
    public void A_weight_inside_an_attribute_is_written_too()
    {
        var tensor = new TensorProto { DataType = (int)DType.F32, Dims = { 500 } };
        var node = new NodeProto { OpType = "Constant", Output = { "c" }, Attribute = { new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = tensor } } };
        var model = new ModelProto { Graph = new GraphProto { Node = { node } } };
        PendingWeight[] weights = [new(tensor, SampleModel.Counting(500))];
        foreach (var options in new[] { s_allInside, s_allBeside })
        {
            ModelFile.Save(_folder.File("m.onnx"), model, weights, options);
            using var loaded = ModelFile.Load(_folder.File("m.onnx"));
            Assert.Equal(weights[0].Source.ToArray(), loaded.Weight(loaded.Model.Graph.Node[0].Attribute[0].T).ToArray());
        }
    }

    [Fact]
    public void A_model_beyond_two_gigabytes_cannot_be_inline()
    {
        // Nothing of these sizes is ever read: their sum alone decides.
        var huge = SampleModel.Of([.. Enumerable.Range(0, 3).Select(static _ => new GeneratedWeightSource(
            DType.F32, [200_000_000], static (_, _) => throw new InvalidOperationException("read")))]);
        Assert.Equal("TSR0822", Assert.Throws<TesseraException>(() => ModelFile.ToBytes(huge.Model, huge.Weights)).Code);
        var reached = Assert.Throws<InvalidOperationException>(() => ModelFile.Save(_folder.File("m.onnx"), huge.Model, huge.Weights, s_allInside));
        Assert.Contains(nameof(ExternalDataWriter), reached.StackTrace, StringComparison.Ordinal);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void A_failed_save_keeps_both_old_files()
    {
        var sample = SampleModel.Of(SampleModel.Counting(2000));
        ModelFile.Save(_folder.File("m.onnx"), sample.Model, sample.Weights, s_allBeside);
        var old = _folder.Names.ToDictionary(static n => n, n => File.ReadAllBytes(_folder.File(n)));

        var broken = SampleModel.Of(SampleModel.Counting(3000), new GeneratedWeightSource(DType.F32, [3000], static (_, _) => throw new InvalidOperationException("broken")));
        foreach (var options in new[] { s_allInside, s_allBeside })
            Assert.Throws<InvalidOperationException>(() => ModelFile.Save(_folder.File("m.onnx"), broken.Model, broken.Weights, options));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => ModelFile.Save(_folder.File("m.onnx"), sample.Model, sample.Weights, s_allInside, cancelled.Token));

        Assert.Equal(old.Keys, _folder.Names);
        Assert.All(old, file => Assert.Equal(file.Value, File.ReadAllBytes(_folder.File(file.Key))));
        Assert.False(broken.Weights[0].Proto.HasRawData);
    }

    [Fact]
    public void An_old_model_keeps_its_data_until_the_new_one_is_in_place()
    {
        var (first, second) = (SampleModel.Of(SampleModel.Counting(2000)), SampleModel.Of(SampleModel.Counting(3000)));
        ModelFile.Save(_folder.File("m.onnx"), first.Model, first.Weights, s_allBeside);
        var model = File.ReadAllBytes(_folder.File("m.onnx"));
        var data = File.ReadAllBytes(_folder.File(DataName()));
        var oldName = DataName();
        ModelFile.Save(_folder.File("m.onnx"), second.Model, second.Weights, s_allBeside);
        var newData = File.ReadAllBytes(_folder.File(DataName()));
        Assert.Equal(["m.onnx", DataName()], _folder.Names);
        Assert.Matches("^m\\.onnx\\.[0-9a-f]{16}\\.data$", oldName);

        // What a save cut off between its two renames leaves: the old model and its data beside the new data.
        _folder.Write(oldName, data);
        _folder.Write("m.onnx", model);
        using (var loaded = ModelFile.Load(_folder.File("m.onnx")))
            Assert.Equal(first.Weights[0].Source.ToArray(), loaded.Weight(loaded.Model.Graph.Initializer[0]).ToArray());
        Assert.NotEqual(data, newData);

        string DataName() => _folder.Names.Single(static n => n != "m.onnx");
    }

    [Fact]
    public void Superseded_data_is_deleted_and_other_files_are_not()
    {
        var sample = SampleModel.Of(SampleModel.Counting(2000));
        string[] others = ["m.onnx.0123456789abcdeg.data", "m.onnx.0123456789abcdef.data.bak", "n.onnx.0123456789abcdef.data", "m.onnx.data"];
        foreach (var other in others) _folder.Write(other, [1]);
        _folder.Write("m.onnx.0123456789abcdef.data", [1]);
        ModelFile.Save(_folder.File("m.onnx"), sample.Model, sample.Weights, s_allBeside);
        Assert.Equal(others.Length + 2, _folder.Names.Count());
        ModelFile.Save(_folder.File("m.onnx"), sample.Model, sample.Weights, s_allInside);
        Assert.Equal(others.Append("m.onnx").Order(StringComparer.Ordinal), _folder.Names);
    }

    [Fact]
    public void Weights_that_do_not_fit_their_tensors_are_refused()
    {
        var tensor = new TensorProto { Name = "w", DataType = (int)DType.F32, Dims = { 2 } };
        Assert.Equal("TSR0821 w: the tensor is f32[2], its bytes are f32[3].", Refused(tensor, SampleModel.Counting(3)));
        Assert.Equal("TSR0821 w: the tensor is f32[2], its bytes are f64[2].", Refused(tensor, SampleModel.Counting(2).Cast(DType.F64)));
        Assert.Contains("already has data", Refused(new TensorProto(tensor) { RawData = ByteString.CopyFrom(1) }, SampleModel.Counting(2)), StringComparison.Ordinal);

        string Refused(TensorProto proto, WeightSource source) => Assert.Throws<TesseraException>(
            () => ModelFile.Save(_folder.File("m.onnx"), new ModelProto(), [new(proto, source)], s_allInside)).Message;
    }

    [Theory]
    [InlineData("../w.bin")]
    [InlineData("/w.bin")]
    [InlineData("a\\w.bin")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("m.onnx")]
    public void A_data_file_elsewhere_or_over_the_model_is_refused(string name)
    {
        var sample = SampleModel.Of(SampleModel.Counting(2));
        var error = Assert.Throws<TesseraException>(() => ModelFile.Save(_folder.File("m.onnx"), sample.Model, sample.Weights, s_allBeside with { DataFileName = name }));
        Assert.Equal("TSR0824", error.Code);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Files_that_are_no_models_are_refused()
    {
        Assert.Equal("TSR0430", Refused(_folder.File("none")).Code);
        Assert.Equal("TSR0820", Refused(_folder.Write("empty", [])).Code);
        Assert.Contains("no graph", Refused(_folder.Write("text", "\n\0"u8)).Message, StringComparison.Ordinal);
        Assert.Contains("Git LFS", Refused(_folder.Write("lfs", "version https://git-lfs.github.com/spec/v1\noid"u8)).Hint, StringComparison.Ordinal);
        var sample = SampleModel.Of(SampleModel.Counting(10));
        var whole = ModelFile.ToBytes(sample.Model, sample.Weights);
        Assert.Contains("truncated", Refused(_folder.Write("cut", whole.AsSpan(0, whole.Length / 2))).Hint, StringComparison.Ordinal);

        static TesseraException Refused(string path) => Assert.Throws<TesseraException>(() => ModelFile.Load(path));
    }

    [Fact]
    public void Hostile_nesting_is_refused_and_honest_nesting_is_read()
    {
        Assert.Equal("TSR0820", Assert.Throws<TesseraException>(() => ModelFile.Load(Nested(1000))).Code);
        using var loaded = ModelFile.Load(Nested(50));
        Assert.Equal("If", loaded.Model.Graph.Node[0].OpType);

        string Nested(int depth)
        {
            var graph = new GraphProto { Name = "leaf" };
            for (var i = 0; i < depth; i++)
                graph = new GraphProto { Node = { new NodeProto { OpType = "If", Attribute = { new AttributeProto { Name = "then_branch", G = graph } } } } };
            return _folder.Write($"{depth}", new ModelProto { Graph = graph }.ToByteArray());
        }
    }
}
