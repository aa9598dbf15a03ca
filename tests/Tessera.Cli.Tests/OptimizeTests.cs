using Tessera.Ir;
using Tessera.Ir.Text;
using Tessera.Onnx;
using Xunit;

namespace Tessera.Cli.Tests;

public sealed class OptimizeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Optimised_model_is_the_same_and_another_seed_is_not()
    {
        Assert.Equal(0, ToolRun.Compile(_folder["a.onnx"], "--target", "portable", "--opset", "17").Exit);
        Assert.Equal(0, ToolRun.Compile(_folder["b.onnx"], "--target", "portable", "--seed", "5").Exit);
        ToolRun optimized = ToolRun.Of("optimize", _folder["a.onnx"], "-o", _folder["o.onnx"], "--target", "ort", "--verify");
        Assert.Equal("", optimized.Error);
        Assert.Equal(0, optimized.Exit);
        Assert.Contains("wrote", optimized.Output, StringComparison.Ordinal);
        Assert.StartsWith("same", ToolRun.Of("verify", _folder["a.onnx"], _folder["o.onnx"], "--cases", "6").Output, StringComparison.Ordinal);

        ToolRun other = ToolRun.Of("verify", _folder["a.onnx"], _folder["b.onnx"], "--cases", "3");
        Assert.Equal(3, other.Exit);
        Assert.Contains("TSR1213", other.Error, StringComparison.Ordinal);
        Assert.Contains("element 0", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_model_is_refused_and_nothing_is_written()
    {
        File.WriteAllText(_folder["text.onnx"], "no model");
        ToolRun run = ToolRun.Of("optimize", _folder["text.onnx"], "-o", _folder["o.onnx"]);
        Assert.Equal(2, run.Exit);
        Assert.Contains("TSR0820", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["o.onnx"]));
        Assert.Equal(2, ToolRun.Of("verify", _folder["none.onnx"], _folder["o.onnx"]).Exit);
    }

    [Fact]
    public void Conformance_counts_stages_and_twins_of_a_folder()
    {
        Directory.CreateDirectory(_folder["test_gelu"]);
        Directory.CreateDirectory(_folder["test_gelu_expanded"]);
        Graph gelu = Parser.Parse("graph \"gelu\" {\n  input %x: f32[3]\n  %0 = gelu %x\n  output \"y\" = %0\n}\n");
        OnnxEmitter.Emit(gelu, new EmitOptions { Opset = 20 }).Save(_folder["test_gelu/model.onnx"]);
        OnnxEmitter.Emit(gelu, new EmitOptions { Opset = 17 }).Save(_folder["test_gelu_expanded/model.onnx"]);
        ToolRun run = ToolRun.Of("conformance", _folder.Root, "--json", _folder["r.json"]);
        Assert.Equal("", run.Error);
        Assert.Contains("imported 2/2, typed 2/2", run.Output, StringComparison.Ordinal);
        Assert.Contains("Gelu 0/1", run.Output, StringComparison.Ordinal);
        Assert.Contains("\"twin\": \"test_gelu_expanded\"", File.ReadAllText(_folder["r.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Required_rewrite_that_fires_too_rarely_writes_nothing_and_exits_with_4()
    {
        Assert.Equal(0, ToolRun.Compile(_folder["a.onnx"], "--target", "portable", "--opset", "17").Exit);
        ToolRun met = ToolRun.Of("optimize", _folder["a.onnx"], "-o", _folder["o.onnx"], "--require", "fuse-attention:1", "--require", "fuse-silu");
        Assert.Equal(("", 0), (met.Error, met.Exit));

        ToolRun unmet = ToolRun.Of("optimize", _folder["a.onnx"], "-o", _folder["p.onnx"], "--require", "fuse-attention:12", "--require", "fuse-qk-norm", "--require", "fuse-silu");
        Assert.Equal(4, unmet.Exit);
        Assert.Contains("TSR0971: fuse-attention fired once, at least 12 times were required.", unmet.Error, StringComparison.Ordinal);
        Assert.Contains("fuse-qk-norm fired 0 times, at least once was required.", unmet.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("fuse-silu", unmet.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["p.onnx"]));
    }

    [Theory]
    [InlineData("fuse-attention:some", "TSR1220")]
    [InlineData("fuse-attention:1:2", "TSR1220")]
    [InlineData("fuse-attention:-1", "TSR1220")]
    [InlineData("fuse-atention:1", "Did you mean 'fuse-attention'?")]
    public void Requirement_that_cannot_be_read_is_refused_before_any_work(string requirement, string message)
    {
        ToolRun run = ToolRun.Of("optimize", _folder["none.onnx"], "-o", _folder["o.onnx"], "--require", requirement);
        Assert.Equal(2, run.Exit);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }
}
