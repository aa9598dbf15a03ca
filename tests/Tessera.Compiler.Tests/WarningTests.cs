using Tessera.Ir;
using Tessera.Ir.Text;
using Tessera.Nn.Weights;
using Tessera.Runtime;
using Xunit;

namespace Tessera.Compiler.Tests;

/// <summary>What is no error is reported, by the compiler itself, before a model is used.</summary>
public sealed class WarningTests
{
    [Fact]
    public void NaN_of_a_file_is_reported_when_the_model_is_opened()
    {
        List<CompileWarning> told = [];
        CompiledModel model = ModelCompiler.Compile(new TwoLayers(), new CompileOptions { Weights = Weights("first.bias", float.NaN), Warn = told.Add });
        Assert.Empty(told);
        using ModelSession session = model.OpenSession();
        Assert.Equal("TSR0903 first.bias: the weight holds 6 NaN and 0 infinities, the first at element 0.", Assert.Single(told).ToString());
    }

    [Fact]
    public void Weights_too_large_for_the_compute_type_are_reported()
    {
        CompileOptions options = new() { Weights = Weights("second.weight", 70_000), DType = DType.F16 };
        Assert.Equal(
            "TSR0904 second.weight: 18 of 18 numbers, finite as f32, are infinite as f16. Compute in bf16 or f32.",
            Assert.Single(ModelCompiler.Compile(new TwoLayers(), options).FindWarnings()).ToString());
        Assert.Empty(ModelCompiler.Compile(new TwoLayers(), options with { DType = DType.BF16 }).FindWarnings());
    }

    [Fact]
    public void Infinity_of_the_file_is_not_laid_to_the_compute_type() =>
        Assert.Equal(
            ["TSR0903"],
            ModelCompiler.Compile(new TwoLayers(), new CompileOptions { Weights = Weights("first.bias", float.PositiveInfinity), DType = DType.F16 })
                .FindWarnings().Select(static w => w.Code));

    [Fact]
    public void Site_that_no_input_could_check_is_reported_and_not_an_error()
    {
        Graph graph = Parser.Parse(
            """
            graph "large" {
              where n >= 100000
              input %x: f32[n, 4]
              %0: f32[n, 4] = sigmoid %x
              %1: f32[n, 4] = mul %x, %0
              output "y" = %1
            }
            """);
        CompiledModel model = ModelCompiler.Compile(graph, new CompileOptions { Verify = true });
        Assert.False(Assert.Single(model.Replayed).Checked);
        CompileWarning warning = Assert.Single(model.FindWarnings());
        Assert.Equal("TSR0512", warning.Code);
        Assert.StartsWith("fuse-silu at mul", warning.Place, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_of_many_weights_is_opened_from_a_file_that_goes_with_the_session()
    {
        CompiledModel model = ModelCompiler.Compile(new TwoLayers(), new CompileOptions { Seed = 5 });
        float[] x = [1, 2, 3, 4];
        float[] inMemory;
        using (ModelSession session = model.OpenSession(null, largestInMemory: long.MaxValue))
        using (RunResult result = session.Run(TensorInput.From("x", x, 1, 4)))
        {
            inMemory = result.Span<float>(0).ToArray();
        }

        Owned owned = new();
        ModelSession file = model.OpenSession(new ModelSessionOptions { Owned = [owned] }, largestInMemory: 0);
        Assert.True(File.Exists(file.Path));
        using (RunResult result = file.Run(TensorInput.From("x", x, 1, 4)))
        {
            Assert.Equal(inMemory, result.Span<float>(0).ToArray());
        }

        file.Dispose();
        Assert.False(Directory.Exists(Path.GetDirectoryName(file.Path)));
        Assert.Equal(1, owned.Disposals);
    }

    private sealed class Owned : IDisposable
    {
        public int Disposals { get; private set; }

        public void Dispose() => Disposals++;
    }

    private static WeightSet Weights(string changed, float value) => new("test", WeightSet
        .FromSeed(ModelCompiler.Slots(new TwoLayers(), DType.F32), 1)
        .Select(w => KeyValuePair.Create(w.Key, w.Key == changed
            ? MemoryWeightSource.Of<float>(Enumerable.Repeat(value, (int)w.Value.Count).ToArray(), [.. w.Value.Dims])
            : w.Value)));
}
