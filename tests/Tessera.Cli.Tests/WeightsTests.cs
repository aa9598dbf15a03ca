using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Nn.Weights;
using Xunit;

namespace Tessera.Cli.Tests;

/// <summary>What the tool makes of weight files.</summary>
public sealed class WeightsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Weights_of_a_file_give_the_model_of_their_seed()
    {
        Write(static (_, source) => source);
        Assert.Equal((0, ""), Outcome(ToolRun.Compile(_folder["file.onnx"], "--weights", _folder["w.safetensors"])));
        Assert.Equal((0, ""), Outcome(ToolRun.Compile(_folder["seed.onnx"], "--seed", "7")));
        Assert.Equal(File.ReadAllBytes(_folder["seed.onnx"]), File.ReadAllBytes(_folder["file.onnx"]));
    }

    [Fact]
    public void Missing_unexpected_and_misshapen_weights_are_listed_together()
    {
        Write(static (path, source) => path switch
        {
            "norm.weight" => null,
            "block.proj.bias" => Floats([9], 0f),
            _ => source,
        }, ("head.weight", Floats([2], 0f)));
        ToolRun run = ToolRun.Compile(_folder["m.onnx"], "--weights", _folder["w.safetensors"]);
        Assert.Equal(2, run.Exit);
        Assert.Contains("1 missing: 'norm.weight'", run.Error, StringComparison.Ordinal);
        Assert.Contains("1 unexpected: 'head.weight'", run.Error, StringComparison.Ordinal);
        Assert.Contains("1 misshapen: 'block.proj.bias' is f32[9], expected f32[8]", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["m.onnx"]));
    }

    [Fact]
    public void NaN_weights_are_reported_and_the_model_is_written()
    {
        Write(static (path, source) => path == "norm.weight" ? Floats([8], float.NaN) : source);
        ToolRun run = ToolRun.Compile(_folder["m.onnx"], "--weights", _folder["w.safetensors"]);
        Assert.Equal(0, run.Exit);
        Assert.Contains("warning TSR0903 norm.weight: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("8 NaN", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["m.onnx"]));
    }

    [Fact]
    public void Weight_file_that_is_missing_or_cut_off_is_refused()
    {
        Assert.Equal(2, ToolRun.Compile(_folder["m.onnx"], "--weights", _folder["none.safetensors"]).Exit);
        Write(static (_, source) => source);
        byte[] bytes = File.ReadAllBytes(_folder["w.safetensors"]);
        File.WriteAllBytes(_folder["w.safetensors"], bytes[..^5]);
        ToolRun run = ToolRun.Compile(_folder["m.onnx"], "--weights", _folder["w.safetensors"]);
        Assert.Equal(2, run.Exit);
        Assert.Contains("w.safetensors", run.Error, StringComparison.Ordinal);
    }

    private static (int Exit, string Error) Outcome(ToolRun run) => (run.Exit, run.Error);

    // The weights of the model's seed 7, each as the test changes it; null leaves one out.
    private void Write(Func<string, WeightSource, WeightSource?> change, params (string Path, WeightSource Source)[] more)
    {
        WeightSet seeded = WeightSet.FromSeed(ModelCompiler.Slots(new Encoder(), DType.F32), 7);
        SafetensorsWriter.Write(
            _folder["w.safetensors"],
            seeded.Select(w => KeyValuePair.Create(w.Key, change(w.Key, w.Value)))
                .Where(static w => w.Value is not null)
                .Concat(more.Select(static m => KeyValuePair.Create(m.Path, (WeightSource?)m.Source)))
                .Select(static w => KeyValuePair.Create(w.Key, w.Value!)));
    }

    private static MemoryWeightSource Floats(long[] dims, float value) =>
        MemoryWeightSource.Of<float>(Enumerable.Repeat(value, (int)dims[0]).ToArray(), dims);
}
