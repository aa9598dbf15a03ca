using Tessera.Compiler.Inspect;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Nn;
using Tessera.Nn.Layers;
using Tessera.Nn.Models;
using Xunit;

namespace Tessera.Compiler.Tests;

/// <summary>Counts of the literature, to the digit. Nothing is allocated: a model of 22 billion weights is counted in a moment.</summary>
public class CountTests
{
    // 224 pixels and 1000 classes, as the reference implementation's own tests list them.
    [Theory]
    [InlineData("Ti/16", 5_717_416)]
    [InlineData("S/16", 22_050_664)]
    [InlineData("S/32", 22_878_952)]
    [InlineData("B/8", 86_576_872)]
    [InlineData("B/16", 86_567_656)]
    [InlineData("B/16-gap", 86_566_120)]
    [InlineData("B/32", 88_224_232)]
    [InlineData("L/16", 304_326_632)]
    [InlineData("L/32", 306_535_400)]
    [InlineData("H/14", 632_045_800)]
    public void Family_has_the_published_counts(string name, long parameters) =>
        Assert.Equal(parameters, ParameterCount.Of(new ViT(ViTConfig.Family[name])).All);

    [Fact]
    public void ViT_22B_has_three_counts_by_three_conventions() =>
        Assert.Equal(
            new ParameterCount(21_743_271_936, 21_745_348_608, 22_203_604_992),
            ParameterCount.Of(new ViT(ViTConfig.Family["22B/14"])));

    // Table 1 of the ViT-22B paper gives 3926 and 1843 million.
    [Theory]
    [InlineData("e/14", 3926.40)]
    [InlineData("G/14", 1842.77)]
    public void Large_models_have_the_counts_of_their_table(string name, double millions) =>
        Assert.Equal(millions, Math.Round(ParameterCount.Of(new ViT(ViTConfig.Family[name])).All / 1e6, 2));

    [Fact]
    public void Mixtral_8x7B_has_its_published_counts()
    {
        Mixtral model = Mixtral.Large();
        Assert.Equal(46_702_792_704, ParameterCount.Of(model).All);
        Assert.Equal(12_879_925_248, ParameterCount.Active(model));
    }

    // One token of a text of one: every active matrix once, and 32 heads of 128 features meet one key twice in each block.
    [Fact]
    public void Mixtral_8x7B_multiplies_by_its_active_matrices_alone()
    {
        long macs = GraphCost.Macs(ModelTracer.Trace(Mixtral.Large())).Evaluate(static _ => 1);
        Assert.Equal(12_879_925_248 - (32_000 * 4096) - (65 * 4096) + (32 * 32 * 2 * 128), macs);
    }

    // Experts in every other block of the family's model, each with its router: 284.9 M, 3.43 B and 7.14 B.
    [Theory]
    [InlineData("B16-E8", 284_946_664, 6)]
    [InlineData("B16-E32", 965_087_464, 6)]
    [InlineData("L16-E32", 3_427_186_664, 12)]
    [InlineData("H14-E32", 7_137_046_760, 16)]
    public void V_MoE_has_its_counts(string preset, long parameters, int mixtures)
    {
        VMoe model = VMoe.FromPreset(preset);
        Assert.Equal(parameters, ParameterCount.Of(model).All);
        Assert.Equal(mixtures, ModuleTree.Modules(model).Count(static m => m.Module is MoE));
    }

    // Two of eight experts of each mixture besides what all share.
    [Fact]
    public void A_token_of_V_MoE_goes_through_two_MLPs_where_ViT_has_one()
    {
        const long Mlp = (2 * 768 * 3072) + 768 + 3072;
        Assert.Equal(86_567_656 + (6 * (Mlp + (8 * 768))), ParameterCount.Active(VMoe.B16E8()));
    }

    [Fact]
    public void Experts_may_stand_in_the_last_blocks_alone()
    {
        VMoeConfig config = new(ViTConfig.Family["B/16"], 8) { Last = 2 };
        Assert.Equal([9, 11], config.MoeBlocks);
        Assert.Equal([2, 5, 8, 11], new VMoeConfig(ViTConfig.Family["B/16"], 8) { Every = 3 }.MoeBlocks);
        Assert.Equal(2, ModuleTree.Modules(new VMoe(config)).Count(static m => m.Module is MoE));
    }

    [Fact]
    public void Active_weights_of_experts_that_choose_or_differ_are_the_mean()
    {
        static long Active(RouteOptions router, Experts experts) => ParameterCount.Active(new MoE(new Router(4, experts.Count, router), experts));
        Assert.Equal(8 + (2 * 4 * 3), Active(Routers.ExpertChoice(1), new ExpertList(4, 2, 3, ExpertOptions.SwiGlu with { Gate = ExpertGate.None })));
        Assert.Equal(8 + (2 * 4 * 3), Active(Routers.Switch(), new ExpertList(4, [2, 4], ExpertOptions.SwiGlu with { Gate = ExpertGate.None })));
        Assert.Equal(8 + (4 * 4 * 3), Active(Routers.ExpertChoice(5), new ExpertList(4, 2, 3, ExpertOptions.SwiGlu with { Gate = ExpertGate.None })));
    }

    [Fact]
    public void ViT_22B_takes_5605_GMAC_in_its_blocks()
    {
        Graph graph = ModelTracer.Trace(new ViT(ViTConfig.Family["22B/14"]));
        long macs = GraphCost.Macs(graph, ParameterCount.IsInBlock).ConstValue!.Value;

        // 256 tokens through every kernel, and 256² pairs of 6144 features twice in each of 48 blocks.
        Assert.Equal((256L * 21_743_271_936) + (48L * 2 * 256 * 256 * 6144), macs);
        Assert.Equal(5.605, Math.Round(macs / 1e12, 3));
        Assert.True(GraphCost.Macs(graph).ConstValue > macs);
    }

    [Theory]
    [InlineData(Batching.Single)]
    [InlineData(Batching.Dense)]
    public void Rewriting_changes_no_cost(Batching batch)
    {
        CompiledModel model = ModelCompiler.Compile(new ParallelBlocks(), new CompileOptions { Batch = batch });
        Dim single = GraphCost.Macs(ModelTracer.Trace(new ParallelBlocks()));
        long Cost(Dim macs) => macs.Evaluate(static symbol => symbol == "n" ? 7 : 3);
        Assert.Equal(Cost(single) * (batch == Batching.Dense ? 3 : 1), Cost(GraphCost.Macs(model.Graph)));
    }

    [Fact]
    public void Packed_cost_is_that_of_each_example_alone()
    {
        CompiledModel model = ModelCompiler.Compile(new ParallelBlocks(), new CompileOptions { Batch = Batching.Packed });
        long[] lengths = [3, 1, 5];
        long Alone(long n) => GraphCost.Macs(model.Single).Evaluate(_ => n);
        long tokens = GraphCost.Macs(model.Graph).Evaluate(symbol => symbol == "batch" ? lengths.Length : lengths.Sum());
        long pairs = GraphCost.PackedMacsPerPair(model.Graph).ConstValue!.Value * lengths.Sum(static n => n * n);
        Assert.Equal(lengths.Sum(Alone), tokens + pairs);
    }

    [Theory]
    [InlineData(225, 16, 12, 768, "image")]
    [InlineData(224, 16, 10, 768, "heads")]
    [InlineData(224, 0, 12, 768, "patch")]
    [InlineData(8, 16, 12, 768, "image")]
    [InlineData(224, 16, 12, -768, "width")]
    public void Sizes_that_do_not_fit_are_refused_with_a_hint(int image, int patch, int heads, int width, string what)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => new ViT(new ViTConfig(width, 2, heads, 64, patch) { Image = image }));
        Assert.Equal("TSR0607", error.Code);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
    }
}
