using System.Text.Json;
using Xunit;

namespace Tessera.Cli.Tests;

public sealed class ExplainTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public ExplainTests() => Assert.Equal(0, ToolRun.Compile(_folder["a.onnx"], "--target", "portable", "--opset", "17").Exit);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_rules_are_listed_with_how_often_they_fired_and_what_the_target_lacks()
    {
        ToolRun run = ToolRun.Of("explain", _folder["a.onnx"], "--target", "portable");
        Assert.Equal(("", 0), (run.Error, run.Exit));
        Assert.Matches(@"fuse-attention *│ 1 ", run.Output);
        Assert.Matches(@"fuse-qk-norm *│ 0 ", run.Output);
        Assert.Contains(", fuse-skip-norm, lower-to-multi-head, ", run.Output, StringComparison.Ordinal);
        Assert.Contains("lowered 1 × gelu: it exists since opset 20, the model is written at 17", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void One_rule_is_told_with_its_places()
    {
        ToolRun run = ToolRun.Of("explain", _folder["a.onnx"], "--rule", "fuse-gelu", "--rule", "fuse-skip-norm", "--target", "portable");
        Assert.Equal(
            """
            fuse-gelu: fired once
              1 × mul
                block.mlp
            fuse-skip-norm: not tried: it is not for this target, or asked for by name only

            """,
            run.Output);
    }

    [Fact]
    public void Json_holds_the_same_and_two_runs_are_equal()
    {
        string json = ToolRun.Of("explain", _folder["a.onnx"], "--json").Output;
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement attention = document.RootElement.GetProperty("rules").EnumerateArray().Single(static r => r.GetProperty("rule").GetString() == "fuse-attention");
        Assert.True(attention.GetProperty("tried").GetBoolean());
        Assert.Equal("block", Assert.Single(attention.GetProperty("fired").EnumerateArray()).GetProperty("place").GetString());
        Assert.Equal(json, ToolRun.Of("explain", _folder["a.onnx"], "--json").Output);
    }

    [Fact]
    public void Unknown_rule_names_the_nearest()
    {
        ToolRun run = ToolRun.Of("explain", _folder["a.onnx"], "--rule", "fuse-atention");
        Assert.Equal((2, ""), (run.Exit, run.Output));
        Assert.Contains("TSR0970: there is no rule 'fuse-atention'. Did you mean 'fuse-attention'?", run.Error, StringComparison.Ordinal);
    }
}
