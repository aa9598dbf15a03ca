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
        Assert.Equal(2, other.Exit);
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
}
