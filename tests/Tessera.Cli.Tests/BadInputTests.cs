using System.Text;
using Xunit;

namespace Tessera.Cli.Tests;

public sealed class BadInputTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData]
    [InlineData("nonsense")]
    [InlineData("compile")]
    [InlineData("compile", "a.dll", "--module", "X", "-o", "x.onnx", "--batch", "some")]
    [InlineData("compile", "a.dll", "--module", "X", "-o", "x.onnx", "--dtype", "f64")]
    [InlineData("compile", "a.dll", "--module", "X", "-o", "x.onnx", "--target", "3")]
    [InlineData("compile", "a.dll", "--module", "X", "-o", "x.onnx", "--opset", "new")]
    [InlineData("opt", "x.ir")]
    public void Wrong_usage_exits_with_1(params string[] args)
    {
        ToolRun run = ToolRun.Of(args);
        Assert.Equal(1, run.Exit);
        Assert.NotEmpty(run.Error);
    }

    [Fact]
    public void Empty_names_are_refused()
    {
        Assert.Contains("TSR1202", Failing("compile", "", "--module", "X", "-o", _folder["x.onnx"]), StringComparison.Ordinal);
        File.WriteAllText(_folder["g.IR"], "graph \"g\" {\n  input %x: f32[n]\n  output \"y\" = %x\n}\n");
        Assert.Contains("TSR0503", Failing("opt", _folder["g.IR"], "-p", ""), StringComparison.Ordinal);
        Assert.Equal(0, ToolRun.Of("inspect", _folder["g.IR"]).Exit);
        Assert.Contains("this is a folder", Failing("inspect", Path.GetTempPath()), StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_module_lists_what_exists()
    {
        ToolRun run = ToolRun.Compile(_folder["m.onnx"], "--module", "Encodr");
        Assert.Equal(2, run.Exit);
        Assert.Contains("TSR1203", run.Error, StringComparison.Ordinal);
        Assert.Contains("no entry module is called 'Encodr'", run.Error, StringComparison.Ordinal);
        Assert.Contains("Tessera.Cli.Tests.Encoder", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_preset_lists_what_exists()
    {
        ToolRun run = ToolRun.Compile(_folder["m.onnx"], "--preset", "wid");
        Assert.Equal(2, run.Exit);
        Assert.Contains("'wid'", run.Error, StringComparison.Ordinal);
        Assert.Contains("wide", run.Error.Replace("'wid'", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_assembly_and_one_that_is_none_are_named()
    {
        Assert.Contains("TSR1202", Failing("compile", _folder["none.dll"], "--module", "X", "-o", _folder["m.onnx"]), StringComparison.Ordinal);
        File.WriteAllText(_folder["text.dll"], "no assembly");
        Assert.Contains("text.dll", Failing("compile", _folder["text.dll"], "--module", "X", "-o", _folder["m.onnx"]), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["m.onnx"]));
    }

    [Fact]
    public void Shape_error_names_the_line_of_the_model()
    {
        ToolRun run = ToolRun.Compile(_folder["m.onnx"], "--module", nameof(Misfit));
        Assert.Equal(2, run.Exit);
        Assert.Matches(@"TSR0203 second \(TestModules\.cs:\d+\): .*6 ≠ 5", run.Error);
        Assert.False(File.Exists(_folder["m.onnx"]));
    }

    [Fact]
    public void Constructor_that_refuses_is_an_error_of_the_module()
    {
        ToolRun run = ToolRun.Compile(_folder["m.onnx"], "--module", nameof(Refusing));
        Assert.Equal(2, run.Exit);
        Assert.Contains("no such model today", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(Throwing), @"TSR0608 Throwing \(TestModules\.cs:\d+\): the module's Forward threw IndexOutOfRangeException: ")]
    [InlineData(nameof(BadSignature), @"TSR0608 BadSignature \(TestModules\.cs:\d+\): the module's signature threw InvalidOperationException: no width yet")]
    public void Module_whose_own_code_throws_is_an_error_of_the_module(string module, string message)
    {
        ToolRun run = ToolRun.Compile(_folder["m.onnx"], "--module", module);
        Assert.Equal(2, run.Exit);
        Assert.Matches(message, run.Error);
        Assert.False(File.Exists(_folder["m.onnx"]));
    }

    [Fact]
    public void Opset_out_of_range_names_the_range()
    {
        ToolRun run = ToolRun.Compile(_folder["m.onnx"], "--opset", "9");
        Assert.Equal(2, run.Exit);
        Assert.Contains("[17, 26]", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_refuses_what_is_no_model()
    {
        Assert.Contains("TSR1207", Failing("inspect", _folder["none.onnx"]), StringComparison.Ordinal);
        File.WriteAllText(_folder["text.onnx"], "this is no protobuf message");
        Assert.NotEmpty(Failing("inspect", _folder["text.onnx"]));
        File.WriteAllText(_folder["text.ir"], "graph {", Encoding.UTF8);
        Assert.Contains("text.ir", Failing("inspect", _folder["text.ir"]), StringComparison.Ordinal);
    }

    private static string Failing(params string[] args)
    {
        ToolRun run = ToolRun.Of(args);
        Assert.Equal(2, run.Exit);
        return run.Error;
    }
}
