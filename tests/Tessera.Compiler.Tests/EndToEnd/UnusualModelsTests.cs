using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn;
using Tessera.Onnx;
using Xunit;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>Models that no layer of the library is like, on drawn batches: packed is what each example is alone.</summary>
public class UnusualModelsTests
{
    private static readonly (string Name, Func<Module> Make, int Least)[] s_models =
    [
        ("prefix", static () => new PrefixModel(), 0),
        ("fixed context", static () => new FixedContext(), 1),
        ("second half", static () => new SecondHalf(), 0),
        ("token softmax", static () => new TokenSoftmax(), 0),
        ("scalars and pools", static () => new ScalarsAndPools(), 1),
        ("farthest first", static () => new FarthestFirst(), 1),
    ];

    public static TheoryData<string, DType, bool> Cases()
    {
        TheoryData<string, DType, bool> cases = [];
        foreach ((string name, _, _) in s_models)
        {
            cases.Add(name, DType.F32, true);
            cases.Add(name, DType.F32, false);
            cases.Add(name, DType.F16, true);
        }

        return cases;
    }

    [Theory]
    [InlineData(Batching.Single, EmitTarget.Tessera)]
    [InlineData(Batching.Dense, EmitTarget.Ort)]
    [InlineData(Batching.Padded, EmitTarget.Ort)]
    [InlineData(Batching.Padded, EmitTarget.Portable)]
    public void A_negative_scale_runs_in_every_form(Batching form, EmitTarget target)
    {
        using OrtModel model = OrtModel.Open(new FarthestFirst(), form, emit: new EmitOptions { Target = target });
        Dictionary<string, RefValue>[] drawn = Examples.Draw(model.Single, Examples.LengthsFor(form));
        RefTensor[][] reference = model.Reference(drawn);
        Closeness.Check(DType.F32, reference, model.Run(drawn, reference));
    }

    [Fact]
    public void Replay_gives_lengths_and_what_follows_from_them_values_that_agree()
    {
        CompiledModel model = ModelCompiler.Compile(new FarthestFirst(), new CompileOptions
        {
            Batch = Batching.Padded,
            Verify = true,
            Emit = new EmitOptions { Target = EmitTarget.Ort },
        });
        Assert.Contains(model.Replayed, static r => r.Site.Contains("lower-to-multi-head", StringComparison.Ordinal));
        Assert.All(model.Replayed, static r => Assert.True(r.Holds));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public void Attention_without_heads_is_refused(int heads)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => new Tessera.Nn.Layers.MultiHeadAttention(4, heads));
        Assert.Equal("TSR0604", error.Code);
        Assert.Contains($"4 features do not split into {heads} heads", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void Norm_with_an_epsilon_that_is_none_is_refused(double epsilon)
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n, 3]");
        Assert.Equal("TSR0215", Assert.Throws<TesseraException>(() => g.LayerNorm(x, g.Param("w", "f32[3]"), epsilon: epsilon)).Code);
        Assert.Equal("TSR0215", Assert.Throws<TesseraException>(() => g.RmsNorm(x, g.Param("w", "f32[3]"), epsilon)).Code);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Drawn_batches_give_what_each_example_gives_alone(string name, DType dtype, bool kernels)
    {
        (_, Func<Module> make, int least) = s_models.First(m => m.Name == name);
        using OrtModel model = OrtModel.Open(make(), Batching.Packed, dtype, kernels: kernels);
        Random random = new(7);
        foreach (int examples in new[] { 1, 2, 3, 5 })
        {
            int[] lengths = [.. Enumerable.Range(0, examples).Select(i => Math.Max(least, i % 2 == 1 ? 0 : random.Next(0, 12)))];
            Dictionary<string, RefValue>[] drawn = Examples.Draw(model.Single, lengths);
            RefTensor[][] reference = model.Reference(drawn);
            Closeness.Check(dtype, reference, model.Run(drawn, reference));
        }
    }
}
