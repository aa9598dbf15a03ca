using Google.Protobuf;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx;
using Tessera.Onnx.Proto;
using Tessera.Testing.Malformed;
using Xunit;

namespace Tessera.Cli.Tests;

public sealed class VerifyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public VerifyTests()
    {
        Assert.Equal(0, ToolRun.Compile(_folder["a.onnx"], "--target", "portable").Exit);
        Assert.Equal(0, ToolRun.Compile(_folder["b.onnx"], "--target", "portable", "--seed", "5").Exit);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void First_output_and_index_that_differ_are_named_with_the_tolerance()
    {
        ToolRun run = Verify("b.onnx", "--size", "n=2");
        Assert.Equal(3, run.Exit);
        Assert.Contains("TSR1213", run.Error, StringComparison.Ordinal);
        Assert.Contains("output 'tokens', element 0 [0, 0]", run.Error.ReplaceLineEndings(" "), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("f32 1e-04", run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_taken_by_name_and_by_position()
    {
        float[] values = [.. Enumerable.Range(0, 16).Select(static i => i / 8f)];
        RefTensor x = RefTensor.Floats(DType.F32, [2, 8], [.. values.Select(static v => (double)v)]);
        Write("data/first/x.npy", NpyFile.Write(x));
        Write("data/second/input_0.pb", TensorValues.Proto(RefTensors.ToContent(x)).ToByteArray());
        ToolRun run = Verify("a.onnx", "--data", _folder["data"]);
        Assert.Equal("", run.Error);
        Assert.StartsWith("same on 2 inputs", run.Output, StringComparison.Ordinal);
        ToolRun other = Verify("b.onnx", "--data", _folder["data/second"]);
        Assert.Equal(3, other.Exit);
        Assert.Contains(" on second: ", other.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public void Data_beside_a_model_is_found()
    {
        ModelProto model = Protos.Model(Protos.Node("Add", "x w", "y"));
        TensorProto weight = new() { Name = "w", DataType = 1, Dims = { 2, 3 }, DataLocation = TensorProto.Types.DataLocation.External };
        weight.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "w.bin" });
        model.Graph.Initializer.Add(weight);
        Write("beside/m.onnx", model.ToByteArray());
        Write("beside/w.bin", new byte[24]);
        ToolRun run = ToolRun.Of("verify", _folder["beside/m.onnx"], _folder["beside/m.onnx"]);
        Assert.Equal(("", 0), (run.Error, run.Exit));
        Assert.StartsWith("same on 12 inputs", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_no_runtime_takes_is_refused_by_name()
    {
        Write("odd.onnx", Protos.Model(Protos.Node("Mystery", "x", "y")).ToByteArray());
        ToolRun run = ToolRun.Of("verify", _folder["odd.onnx"], _folder["odd.onnx"], "--inputs", "x=f32[2, 3]");
        Assert.Equal(2, run.Exit);
        Assert.Contains("TSR0953", run.Error, StringComparison.Ordinal);
        Assert.Contains("odd.onnx", run.Error.ReplaceLineEndings(""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_draws_random_numbers_is_told_apart()
    {
        Write("random.onnx", Protos.Model(Protos.Node("RandomNormalLike", "x", "y")).ToByteArray());
        Write("other.onnx", Protos.Model(Protos.Node("Neg", "x", "t"), Protos.Node("RandomNormalLike", "t", "y")).ToByteArray());
        ToolRun run = ToolRun.Of("verify", _folder["random.onnx"], _folder["other.onnx"], "--cases", "1");
        Assert.Equal(3, run.Exit);
        Assert.Contains("The original differs from itself there", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("differs from itself", Verify("b.onnx", "--size", "n=2").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_both_refuse_is_no_success()
    {
        Write("wrong/x.npy", NpyFile.Write(RefTensor.Floats(DType.F32, [2, 3], new double[6])));
        ToolRun run = Verify("a.onnx", "--data", _folder["wrong"]);
        Assert.Equal(2, run.Exit);
        Assert.Contains("TSR1214", run.Error, StringComparison.Ordinal);
        Assert.Contains("both models refuse all 1 inputs", run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public void What_both_refuse_is_counted_beside_what_ran()
    {
        Write("mixed/wrong/x.npy", NpyFile.Write(RefTensor.Floats(DType.F32, [2, 3], new double[6])));
        Write("mixed/right/x.npy", NpyFile.Write(RefTensor.Floats(DType.F32, [2, 8], new double[16])));
        ToolRun run = Verify("a.onnx", "--data", _folder["mixed"]);
        Assert.Equal(0, run.Exit);
        Assert.StartsWith("same on 1 inputs", run.Output, StringComparison.Ordinal);
        Assert.Contains("not compared 1 inputs, which both models refuse", run.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--inputs", "x=f32[5, 8]")]
    [InlineData("--inputs", "x=0.5")]
    [InlineData("--size", "n=1,4,9")]
    [InlineData("--tolerance", "f32=1e-6")]
    public void Generated_inputs_are_as_asked(string option, string value) =>
        Assert.StartsWith("same on 3 inputs", Verify("a.onnx", "--cases", "3", option, value).Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("TSR0961", "--data", "nowhere")]
    [InlineData("TSR0962", "--inputs", "y=f32[5, 8]")]
    [InlineData("TSR0962", "--inputs", "x=f32[5, 7]")]
    [InlineData("TSR0962", "--inputs", "x=i64[5, 8]")]
    [InlineData("TSR0962", "--inputs", "x=1,2,3")]
    [InlineData("TSR0962", "--size", "m=3")]
    [InlineData("TSR0963", "--inputs", "x")]
    [InlineData("TSR0963", "--inputs", "x=many")]
    [InlineData("TSR0963", "--inputs", "x=f32[")]
    [InlineData("TSR1208", "--size", "n=-1")]
    [InlineData("TSR1215", "--tolerance", "i64=1")]
    [InlineData("TSR1215", "--tolerance", "f32")]
    public void What_cannot_be_asked_is_refused(string code, string option, string value)
    {
        ToolRun run = Verify("a.onnx", option, value);
        Assert.Equal(2, run.Exit);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TSR0961", "text.txt")]
    [InlineData("TSR0962", "y.npy")]
    [InlineData("TSR0960", "x.npy")]
    [InlineData("TSR0960", "x.pb")]
    public void Files_that_are_no_inputs_are_refused(string code, string name)
    {
        Write($"bad/{name}", "no array"u8.ToArray());
        ToolRun run = Verify("a.onnx", "--data", _folder["bad"]);
        Assert.Equal(2, run.Exit);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
    }

    private ToolRun Verify(string other, params string[] options) => ToolRun.Of(["verify", _folder["a.onnx"], _folder[other], .. options]);

    private void Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllBytes(_folder[name], bytes);
    }
}
