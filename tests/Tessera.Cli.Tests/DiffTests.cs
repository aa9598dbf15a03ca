using System.Text.Json;
using Xunit;

namespace Tessera.Cli.Tests;

public sealed class DiffTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public DiffTests() => Assert.Equal(0, ToolRun.Compile(_folder["a.onnx"], "--target", "portable", "--opset", "17").Exit);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_is_the_same_as_itself_and_exits_with_0()
    {
        ToolRun run = ToolRun.Of("diff", _folder["a.onnx"], _folder["a.onnx"]);
        Assert.Equal(("", 0), (run.Error, run.Exit));
        Assert.Matches(@"^same: \d+ ops in both\n$", run.Output);
    }

    [Fact]
    public void Other_weights_are_told_and_exit_with_3()
    {
        Assert.Equal(0, ToolRun.Compile(_folder["b.onnx"], "--target", "portable", "--opset", "17", "--seed", "5").Exit);
        ToolRun run = ToolRun.Of("diff", _folder["a.onnx"], _folder["b.onnx"], "--show", "1");
        Assert.Equal(("", 3), (run.Error, run.Exit));
        Assert.Matches(@"^different: \d+ ops in both\nweights: 4\n  block\.qkv\.weight\.T, f32\[8, 24\]: 192 of 192 elements differ, max \|Δ\| 0\.\d+\n  and 3 more\n$", run.Output);

        ToolRun json = ToolRun.Of("diff", _folder["a.onnx"], _folder["b.onnx"], "--json");
        Assert.Equal(3, json.Exit);
        using JsonDocument document = JsonDocument.Parse(json.Output);
        Assert.False(document.RootElement.GetProperty("isSame").GetBoolean());
        Assert.Equal(4, document.RootElement.GetProperty("weights").GetArrayLength());
        Assert.Equal(0, document.RootElement.GetProperty("onlyInFirst").GetArrayLength());
    }

    [Fact]
    public void What_is_no_model_is_bad_input_and_no_difference()
    {
        File.WriteAllText(_folder["text.onnx"], "no model");
        Assert.Equal(2, ToolRun.Of("diff", _folder["a.onnx"], _folder["text.onnx"]).Exit);
        Assert.Equal(2, ToolRun.Of("diff", _folder["none.onnx"], _folder["a.onnx"]).Exit);
    }
}
