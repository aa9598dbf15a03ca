using System.Text.Json;
using Tessera.Compiler.Bench;
using Xunit;

namespace Tessera.Cli.Tests;

public sealed class BenchTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_model_is_timed_on_the_sizes_that_are_given()
    {
        Compile("a.onnx", "--batch", "packed");
        ToolRun run = Bench("a.onnx", "--runs", "3", "--threads", "1", "--dim", "total_n=12", "--dim", "batch=3", "--json", _folder["times.json"]);
        Assert.Equal(("", 0), (run.Error, run.Exit));
        Assert.Contains("cpu, 1 threads, 3 runs, ", run.Output, StringComparison.Ordinal);
        Assert.Contains("total_n = 12", run.Output, StringComparison.Ordinal);
        JsonElement root = Read("times.json");
        Assert.Equal(("cpu", 1, 3), (root.GetProperty("device").GetString(), root.GetProperty("threads").GetInt32(), root.GetProperty("runs").GetInt32()));
        Assert.Equal((12, 3), (root.GetProperty("sizes").GetProperty("total_n").GetInt32(), root.GetProperty("sizes").GetProperty("batch").GetInt32()));
        Assert.Equal(JsonValueKind.Null, root.GetProperty("ratio").ValueKind);
        AssertOrdered(Assert.Single(root.GetProperty("models").EnumerateArray().ToArray()).GetProperty("milliseconds"));
    }

    [Fact]
    public void Two_models_take_turns_and_their_ratio_is_told()
    {
        Compile("a.onnx", "--batch", "packed");
        Compile("b.onnx", "--batch", "packed", "--target", "portable");
        ToolRun run = Bench("a.onnx", "--against", _folder["b.onnx"], "--runs", "3", "--json", _folder["times.json"]);
        Assert.Equal(("", 0), (run.Error, run.Exit));
        Assert.Contains("the second over the first", run.Output, StringComparison.Ordinal);
        JsonElement root = Read("times.json");
        Assert.Equal(["a.onnx", "b.onnx"], root.GetProperty("models").EnumerateArray().Select(static m => Path.GetFileName(m.GetProperty("model").GetString())));
        AssertOrdered(root.GetProperty("ratio"));
    }

    // A packed model wants each example to have tokens: offsets are drawn so, whatever the sizes.
    [Theory]
    [InlineData(4, 4)]
    [InlineData(5, 4)]
    [InlineData(1, 1)]
    [InlineData(1000, 37)]
    public void Offsets_leave_no_segment_empty(int tokens, int batch)
    {
        Compile("a.onnx", "--batch", "packed");
        ToolRun run = Bench("a.onnx", "--runs", "1", "--dim", $"total_n={tokens}", "--dim", $"batch={batch}");
        Assert.Equal(("", 0), (run.Error, run.Exit));
    }

    [Fact]
    public void Sizes_that_a_model_refuses_are_told()
    {
        Compile("a.onnx", "--batch", "packed");
        ToolRun run = Bench("a.onnx", "--dim", "total_n=3", "--dim", "batch=5");
        Assert.Equal(2, run.Exit);
        Assert.Contains("TSR0964", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_of_other_inputs_are_not_compared()
    {
        Compile("a.onnx", "--batch", "packed");
        Compile("b.onnx", "--batch", "single");
        ToolRun run = Bench("a.onnx", "--against", _folder["b.onnx"]);
        Assert.Equal(2, run.Exit);
        Assert.Contains("TSR0711 input 'cu_seqlens_n'", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TSR1233", "--device", "gpu")]
    [InlineData("TSR1216", "--runs", "0")]
    [InlineData("TSR1216", "--threads", "0")]
    [InlineData("TSR1208", "--dim", "n")]
    [InlineData("TSR1208", "--dim", "n=-1")]
    [InlineData("TSR0962", "--dim", "m=3")]
    public void What_cannot_be_asked_is_refused(string code, string option, string value)
    {
        Compile("a.onnx", "--batch", "single");
        ToolRun run = Bench("a.onnx", option, value);
        Assert.Equal(2, run.Exit);
        Assert.StartsWith($"error {code} ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told() => Assert.Contains("TSR1207", ToolRun.Of("bench", _folder["none.onnx"]).Error, StringComparison.Ordinal);

    [SkippableFact]
    public void Without_a_driver_CUDA_is_an_error_of_what_was_asked()
    {
        Skip.If(System.Runtime.InteropServices.NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out _), "there is a CUDA driver");
        Compile("a.onnx", "--batch", "single");
        ToolRun run = Bench("a.onnx", "--device", "cuda");
        Assert.Equal(2, run.Exit);
        Assert.StartsWith("error TSR1400 There is no CUDA driver here", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Quartiles_lie_between_what_was_measured()
    {
        Assert.Equal(new Quartiles(2, 3, 4), Quartiles.Of([5, 1, 4, 2, 3]));
        Assert.Equal(new Quartiles(1.25, 1.5, 1.75), Quartiles.Of([2, 1]));
        Assert.Equal(new Quartiles(7, 7, 7), Quartiles.Of([7]));
    }

    private void Compile(string file, params string[] options)
    {
        ToolRun run = ToolRun.Compile(_folder[file], options);
        Assert.True(run.Exit == 0, run.Error);
    }

    private ToolRun Bench(string model, params string[] options) => ToolRun.Of(["bench", _folder[model], .. options]);

    private JsonElement Read(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(_folder[file]));
        return document.RootElement.Clone();
    }

    private static void AssertOrdered(JsonElement quartiles)
    {
        double[] three = [.. ((string[])["lower", "median", "upper"]).Select(n => quartiles.GetProperty(n).GetDouble())];
        Assert.True(three[0] > 0 && three[0] <= three[1] && three[1] <= three[2], string.Join(", ", three));
    }
}
