using Xunit;

namespace Tessera.Cli.Tests;

public sealed class InspectAndOptTests : IDisposable
{
    private const string Text =
        """
        graph "tiny" {
          input %x: f32[n, 4]
          %0: f32[n, 4] = transpose %x {perm = [0, 1]}
          %1: f32[n, 4] = gelu %0
          output "y" = %1
        }

        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Inspect_tells_inputs_outputs_ops_parameters_and_costs()
    {
        Assert.Equal(0, ToolRun.Compile(_folder["m.onnx"]).Exit);
        ToolRun run = ToolRun.Of("inspect", _folder["m.onnx"], "--size", "n=4");
        Assert.Equal(("", 0), (run.Error, run.Exit));

        // Products: 4 tokens through 8 × (24 + 8 + 16 + 16) weights, and 4 × 4 pairs of 8 features twice.
        string flops = (2 * ((4 * 8 * 64) + (4 * 4 * 8 * 2))).ToString("N0", System.Globalization.CultureInfo.InvariantCulture);
        foreach (string part in (string[])["x: f32[n, 8]", "tokens: f32[n, 8]", "mean: f32[8]", "608 in 2.4 KiB", flops, "matmul"])
        {
            Assert.Contains(part, run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Inspect_of_a_packed_model_prices_a_pair_of_tokens()
    {
        Assert.Equal(0, ToolRun.Compile(_folder["m.onnx"], "--batch", "packed").Exit);
        ToolRun run = ToolRun.Of("inspect", _folder["m.onnx"]);
        Assert.Equal(0, run.Exit);
        Assert.Contains("32 for each pair of tokens of one example", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Size_that_is_no_number_is_refused()
    {
        File.WriteAllText(_folder["t.ir"], Text);
        ToolRun run = ToolRun.Of("inspect", _folder["t.ir"], "--size", "n=many");
        Assert.Equal(2, run.Exit);
        Assert.Contains("TSR1208 --size: 'n=many'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Size_that_the_model_has_not_is_refused()
    {
        File.WriteAllText(_folder["t.ir"], Text);
        ToolRun run = ToolRun.Of("inspect", _folder["t.ir"], "--size", "m=4");
        Assert.Equal(2, run.Exit);
        Assert.Contains("TSR1209 --size: the model has no size called 'm'. It has n.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--stop-after", "canonicalise")]
    [InlineData("--print-after", "fuse-silu")]
    public void Opt_refuses_a_pass_that_does_not_run(string option, string pass)
    {
        File.WriteAllText(_folder["t.ir"], Text);
        ToolRun run = ToolRun.Of("opt", _folder["t.ir"], "-p", "canonicalize,fuse-gelu", option, pass);
        Assert.Equal((2, ""), (run.Exit, run.Output));
        Assert.Contains($"the pass '{pass}' is not among those that run", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Opt_prints_the_graph_after_passes_and_logs_apart()
    {
        File.WriteAllText(_folder["t.ir"], Text);
        ToolRun run = ToolRun.Of("opt", _folder["t.ir"], "-p", "canonicalize,fuse-gelu", "--print-after", "canonicalize");
        Assert.Equal(0, run.Exit);
        Assert.Equal(
            """
            graph "tiny" {
              input %x: f32[n, 4]
              %0: f32[n, 4] = gelu %x
              output "y" = %0
            }

            """,
            run.Output);
        Assert.StartsWith("// after canonicalize\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Opt_lists_the_passes_there_are()
    {
        File.WriteAllText(_folder["t.ir"], Text);
        ToolRun run = ToolRun.Of("opt", _folder["t.ir"], "-p", "canonicalise");
        Assert.Equal(2, run.Exit);
        Assert.Contains("there is no pass 'canonicalise'", run.Error, StringComparison.Ordinal);
        Assert.Contains("fuse-gelu", run.Error, StringComparison.Ordinal);
    }
}
