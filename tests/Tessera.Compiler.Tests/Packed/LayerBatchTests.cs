using Tessera.Compiler.Pack;
using Tessera.Compiler.Tests.EndToEnd;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn;
using Tessera.Nn.Models;
using Xunit;

namespace Tessera.Compiler.Tests.Packed;

/// <summary>
/// Every layer, packed: each of two thousand members, empty, of one token and very long ones among them, gets what it gets alone; what
/// is not finite in one reaches no other; and it is the same from run to run.
/// </summary>
public class LayerBatchTests
{
    public static TheoryData<string> Layers => [.. LayerCases.All.Select(static c => c.Name)];

    public static TheoryData<string> Models => [.. s_models.Keys];

    private static readonly Dictionary<string, Func<Module>> s_models = new()
    {
        ["Hello"] = static () => new HelloGraph.Hello(),
        ["NaViT"] = static () => TestModels.Make("navit"),
        ["products over tokens"] = static () => new TokenProducts(),
        ["experts apart"] = static () => ExpertModels.Make("deepseek-v3"),
        ["experts in stacks"] = static () => ExpertModels.Make("stack"),
        ["soft experts"] = static () => ExpertModels.Make("soft moe"),
        ["V-MoE"] = static () => ExpertModels.Make("v-moe model"),
        ["Mixtral"] = static () => ExpertModels.Make("mixtral model"),
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void Each_of_two_thousand_gets_what_it_gets_alone(string layer)
    {
        LayerCase of = LayerCases.All.Single(c => c.Name == layer);
        Check(new LayerModule(of.Make(), of));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Each_of_two_thousand_gets_what_it_gets_alone_from_a_model(string model) => Check(s_models[model]());

    [Fact]
    public void Every_layer_of_the_library_is_tried()
    {
        // A ViT's image has no ragged size.
        IEnumerable<Type> layers = typeof(Module).Assembly.GetExportedTypes().Where(static t => t is { IsAbstract: false, IsClass: true } && t.IsSubclassOf(typeof(Module)) && !t.IsGenericType);
        IEnumerable<Module> tried = LayerCases.All.Select(static c => c.Make()).Concat(s_models.Values.Select(static make => make()));
        Assert.Empty(layers.Except(tried.SelectMany(ModuleTree.Modules).Select(static m => m.Module.GetType())).Except([typeof(ViT)]).Select(static t => t.Name));
        Assert.All(LayerCases.All, static c => Assert.Contains("n", c.Ragged));
    }

    private static void Check(Module module)
    {
        using ManySegments many = new(ModelCompiler.Compile(module, new CompileOptions { Batch = Batching.Packed, Seed = 3 }));
        PackExample[] batch = [.. many.Order.Select(m => many.Members[m])];
        double[][][] calm = many.Run(batch);
        Closeness.Check(DType.F32, [.. many.Order.Select(m => many.References[m])], calm);

        // Another run: the same bits, beside what is not finite.
        bool Wild(int i) => i % 50 == 13;
        double[][][] beside = many.Run([.. batch.Select((e, i) => Wild(i) ? Poisoned(e) : e)]);
        Assert.Equal(calm.Where((_, i) => !Wild(i)), beside.Where((_, i) => !Wild(i)));
    }

    private static PackExample Poisoned(PackExample example) => example with
    {
        Values = example.Values.ToDictionary(
            static v => v.Key,
            static v => v.Value.DType.IsFloat() ? RefTensor.Floats(v.Value.DType, v.Value.Dims, [.. v.Value.F.Select(static (x, i) => i % 3 == 0 ? double.NaN : i % 3 == 1 ? double.PositiveInfinity : x)]) : v.Value),
    };
}
