using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn;
using Tessera.Onnx;
using Xunit;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>Experts under every router, in every form: what the float64 reference gives each example alone, in ONNX Runtime with our kernels and without.</summary>
public class ExpertFormsTests
{
    public static TheoryData<string, Batching, bool> Cases()
    {
        TheoryData<string, Batching, bool> cases = [];
        foreach (string name in ExpertModels.Unbounded.Concat(ExpertModels.Bounded))
        {
            foreach (Batching form in Enum.GetValues<Batching>().Where(f => f != Batching.Padded || ExpertModels.Unbounded.Contains(name)))
            {
                cases.Add(name, form, true);
                cases.Add(name, form, false);
            }
        }

        return cases;
    }

    public static TheoryData<string> Names() => [.. ExpertModels.Unbounded, .. ExpertModels.Bounded];

    public static TheoryData<string> BoundedNames() => [.. ExpertModels.Bounded];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_form_gives_what_the_reference_gives_alone(string name, Batching form, bool kernels) =>
        Check(ExpertModels.Make(name), form, DType.F32, new EmitOptions(), kernels);

    // Routers compute in f32, so that half precision moves no token to another expert.
    [Theory]
    [MemberData(nameof(Names))]
    public void Packed_in_f16_lies_within_the_table(string name)
    {
        Check(ExpertModels.Make(name), Batching.Packed, DType.F16, new EmitOptions(), kernels: false);
        Check(ExpertModels.Make(name), Batching.Packed, DType.F16, new EmitOptions(), kernels: true);
    }

    [Theory]
    [InlineData(EmitTarget.Ort, 17)]
    [InlineData(EmitTarget.Portable, 17)]
    [InlineData(EmitTarget.Portable, EmitOptions.DefaultOpset)]
    [InlineData(EmitTarget.Tessera, 21)]
    public void Each_target_gives_the_same(EmitTarget target, int opset)
    {
        foreach (string name in (string[])["deepseek-v3", "v-moe by weight", "soft moe"])
        {
            Check(ExpertModels.Make(name), Batching.Packed, DType.F32, new EmitOptions { Target = target, Opset = opset }, kernels: false);
        }
    }

    [Theory]
    [InlineData(Batching.Single)]
    [InlineData(Batching.Dense)]
    [InlineData(Batching.Packed)]
    [InlineData(Batching.Padded)]
    public void Losses_of_each_example_are_its_own(Batching form) => Check(new RouterLosses(), form, DType.F32, new EmitOptions(), kernels: false);

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_of_a_neighbour_leaks(string name)
    {
        if (name == "mixtral model")
        {
            return;
        }

        using OrtModel model = OrtModel.Open(ExpertModels.Make(name), Batching.Packed);
        Dictionary<string, RefValue>[] examples = Examples.Draw(model.Single, Examples.Mixed);
        RefTensor[][] reference = model.Reference(examples);
        foreach (double value in new[] { double.NaN, double.PositiveInfinity, 3e38 })
        {
            double[][][] got = model.Run([examples[0], Examples.Filled(examples[1], value), examples[2], Examples.Filled(examples[3], value)], reference);
            Closeness.Check(DType.F32, [reference[0], reference[2]], [got[0], got[2]]);
        }
    }

    // Padding would take places of experts.
    [Theory]
    [MemberData(nameof(BoundedNames))]
    public void Bounded_places_have_no_padded_form(string name)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => ModelCompiler.Compile(ExpertModels.Make(name), new CompileOptions { Batch = Batching.Padded, Seed = 3 }));
        Assert.Contains("padding would take places of experts", error.Message, StringComparison.Ordinal);
    }

    // What is drawn belongs to no single example.
    [Theory]
    [InlineData(Batching.Dense)]
    [InlineData(Batching.Packed)]
    public void Noise_is_not_batched(Batching form)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => ModelCompiler.Compile(new RouterLosses(0.25), new CompileOptions { Batch = form, Seed = 3 }));
        Assert.Equal("TSR0401", error.Code);
        Assert.Contains("random_like", error.Message, StringComparison.Ordinal);
    }

    // ONNX Runtime 1.31 has no RandomNormalLike of opset 22.
    [Fact]
    public void Noise_of_a_seed_is_the_same_in_every_session()
    {
        double[][] Losses(double deviation)
        {
            using OrtModel model = OrtModel.Open(new RouterLosses(deviation), Batching.Single, emit: new EmitOptions { Opset = 21 });
            Dictionary<string, RefValue>[] example = Examples.Draw(model.Single, 6);
            return model.Run(example, model.Reference(example))[0];
        }

        Assert.Equal(Losses(0.25), Losses(0.25));
        Assert.NotEqual(Losses(0.25)[0], Losses(0)[0]);
    }

    // Views of weights are read where the weights lie: what is written is the experts and nothing that turns or cuts them.
    [Theory]
    [InlineData("mixtral")]
    [InlineData("stack")]
    [InlineData("weights on the input")]
    public void Matrices_are_written_as_the_experts_read_them(string name)
    {
        Module module = ExpertModels.Make(name);
        CompiledModel model = ModelCompiler.Compile(module, new CompileOptions { Batch = Batching.Packed, Seed = 3 });
        Graph read = OnnxReader.Read(model.ToBytes());
        Assert.DoesNotContain(read.PostOrder(), static op => op is Ir.Ops.Transpose or Ir.Ops.Slice or Ir.Ops.Reshape { X.Producer: Ir.Ops.Parameter });
        long bytes = ModelCompiler.Slots(module, DType.F32).Sum(static s => s.Dims.Aggregate(4L, static (a, b) => a * b));
        Assert.Equal(bytes, read.Weights.Values.Sum(static w => w.ByteLength));
    }

    private static void Check(Module module, Batching form, DType dtype, EmitOptions emit, bool kernels)
    {
        using OrtModel model = OrtModel.Open(module, form, dtype, emit, kernels);
        Dictionary<string, RefValue>[] examples = Examples.Draw(model.Single, Examples.LengthsFor(form));
        RefTensor[][] reference = model.Reference(examples);
        Closeness.Check(dtype, reference, model.Run(examples, reference));
    }
}
