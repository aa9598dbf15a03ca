using Tessera.Ir.Text;
using Tessera.Onnx;
using Xunit;

namespace Tessera.Cli.Tests;

public sealed class PackTests : IDisposable
{
    // A masked mean of tokens, and a product with a weight.
    internal const string Padded = """
        graph "padded" {
          input %x: f32[batch, sequence, 4]
          input %mask: f32[batch, sequence]
          %w = constant {value = f32[4, 2] {1, 2, 3, 4, 5, 6, 7, 8}}
          %y = matmul %x, %w
          %m = reshape %mask {shape = [batch, sequence, 1]}
          %p = mul %x, %m
          %sum = reduce_sum %p {axes = [1]}
          %count = reduce_sum %m {axes = [1]}
          %mean = div %sum, %count
          output "tokens" = %y
          output "mean" = %mean
        }

        """;

    private readonly TempFolder _folder = new();

    public PackTests() => OnnxEmitter.Emit(Parser.Parse(Padded), new EmitOptions { Opset = 17, Target = EmitTarget.Portable }).Save(_folder["a.onnx"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("packed", "cu_seqlens_sequence")]
    [InlineData("padded", "mask")]
    public void A_padded_model_is_packed_and_compared(string io, string input)
    {
        ToolRun run = ToolRun.Of("pack", _folder["a.onnx"], "-o", _folder["o.onnx"], "--mask", "mask", "--io", io, "--verify");
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.Exit);
        Assert.StartsWith("same in ", run.Output, StringComparison.Ordinal);
        Assert.Contains("wrote", run.Output, StringComparison.Ordinal);
        Assert.Contains(input, ToolRun.Of("inspect", _folder["o.onnx"]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_packed_is_refused_and_nothing_is_written()
    {
        ToolRun run = ToolRun.Of("pack", _folder["a.onnx"], "-o", _folder["o.onnx"], "--mask", "mask", "--batch", "rows");
        Assert.Equal(2, run.Exit);
        Assert.Contains("TSR0531", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["o.onnx"]));
    }

    [Fact]
    public void Padding_that_cannot_be_read_is_refused()
    {
        ToolRun run = ToolRun.Of("pack", _folder["a.onnx"], "-o", _folder["o.onnx"], "--mask", "mask", "--pad", "x");
        Assert.Equal(2, run.Exit);
        Assert.Contains("TSR1221", run.Error, StringComparison.Ordinal);
    }
}
