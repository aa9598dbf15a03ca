using System.Text.Json;
using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn.Models;
using Tessera.Nn.Tests.Layers;
using Tessera.Nn.Tests.Weights;
using Tessera.Nn.Weights;
using Xunit;

namespace Tessera.Nn.Tests.Models;

/// <summary>Mixtral: its block is the paper's, and its files load.</summary>
public class MixtralTests
{
    private static readonly MixtralConfig s_tiny = new(8, 2, 4, 2, 6, 4, 11);

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_block_is_attention_and_then_the_two_best_experts(int window)
    {
        MixtralBlock block = new(s_tiny with { Theta = 100, Window = window });
        LayerRun run = LayerRun.Of(block, x => block.Apply(x[0]), ("x", LayerRun.Random(91, 6, 8)));
        double[][] x = run.Input("x");
        double[][] z = Plain.Map(x, r => Plain.RmsNorm(r, run.Vector("input_layernorm.weight"), 1e-5));
        double[][] Project(double[][] rows, string name) => Plain.Linear(rows, run.Weight($"self_attn.{name}_proj.weight"));
        PlainAttention attention = new(4, 2)
        {
            Sees = (i, j) => j <= i && (window < 0 || j >= i - window),
            Rotate = static (head, p) => PlainAttention.Turned(head, p, 2, 100),
        };
        x = Plain.Add(x, Project(attention.Run(Project(z, "q"), Project(z, "k"), Project(z, "v")), "o"));
        double[][] n = Plain.Map(x, r => Plain.RmsNorm(r, run.Vector("post_attention_layernorm.weight"), 1e-5));
        double[][] weights = PlainRouters.Renormalised(Plain.Linear(n, run.Weight("block_sparse_moe.gate.weight")), 2);
        double[][] mixed = PlainExperts.Mixed(run, "block_sparse_moe.experts.", n, weights, ExpertOptions.SwiGlu, ["w1", "w2", "w3"]);
        Plain.Close(Plain.Add(x, mixed), run.Result());
        LayerRun routed = LayerRun.Of(block, t => block.Routed(t[0]).Tokens, ("x", LayerRun.Random(91, 6, 8)));
        Plain.Close(run.Result(), routed.Result());
    }

    // As the model's own files are: bf16, in shards that an index ties together.
    [Fact]
    public void Shards_with_the_names_of_its_files_load()
    {
        using TempFolder folder = new();
        Mixtral model = new(s_tiny);
        WeightSet seeded = WeightSet.FromSeed(ModelCompiler.Slots(model, DType.BF16), 7);
        string[][] shards = [.. Names().Chunk(14)];
        Dictionary<string, string> map = [];
        for (int i = 0; i < shards.Length; i++)
        {
            string file = $"model-{i + 1:D5}-of-{shards.Length:D5}.safetensors";
            SafetensorsWriter.Write(folder.File(file), shards[i].Select(n => KeyValuePair.Create(n, seeded[n].Cast(DType.BF16))));
            shards[i].ToList().ForEach(n => map[n] = file);
        }

        Assert.Equal(3, shards.Length);
        string index = folder.File("model.safetensors.index.json");
        File.WriteAllText(index, JsonSerializer.Serialize(new { metadata = new { total_size = 0 }, weight_map = map }));
        WeightSet loaded = WeightSet.Load(index);
        Assert.Equal(ModelCompiler.Slots(model, DType.F32).Select(static s => s.Path).Order(StringComparer.Ordinal), loaded.Keys.Order(StringComparer.Ordinal));
        double[] Logits(WeightSet weights) => ((RefTensor)Evaluator.Run(
            ModelCompiler.Compile(model, new CompileOptions { Weights = weights }).Single,
            new Dictionary<string, RefValue> { ["ids"] = LayerRun.Ints(3, 1, 4, 1, 5) })[0]).F;
        double[] expected = Logits(new WeightSet("seed", seeded.Select(static w => KeyValuePair.Create(w.Key, w.Value.Cast(DType.BF16)))));
        Assert.Equal(5 * 11, expected.Length);
        Assert.Equal(expected, Logits(loaded));
        Assert.NotEqual(expected, Logits(WeightSet.FromSeed(ModelCompiler.Slots(model, DType.F32), 8)));
    }

    [Fact]
    public void A_shard_that_lacks_an_expert_is_named()
    {
        Mixtral model = new(s_tiny);
        WeightSet all = WeightSet.FromSeed(ModelCompiler.Slots(model, DType.F32), 7);
        WeightSet few = new("few", all.Where(static w => w.Key != "model.layers.1.block_sparse_moe.experts.2.w3.weight"));
        TesseraException error = Assert.Throws<TesseraException>(() => ModelCompiler.Compile(model, new CompileOptions { Weights = few }));
        Assert.Equal("TSR0641", error.Code);
        Assert.Contains("'model.layers.1.block_sparse_moe.experts.2.w3.weight'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, 3, 1)]
    [InlineData(12, 4, 3)]
    [InlineData(12, 4, 2)]
    [InlineData(8, 0, 1)]
    public void Sizes_that_do_not_fit_are_refused(int dim, int heads, int kvHeads) =>
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(() => new Mixtral(s_tiny with { Dim = dim, Heads = heads, KvHeads = kvHeads })).Code);

    private static IEnumerable<string> Names() =>
    [
        "model.embed_tokens.weight",
        .. Enumerable.Range(0, 2).SelectMany(static layer => (string[])[
            .. "qkvo".Select(p => $"model.layers.{layer}.self_attn.{p}_proj.weight"),
            $"model.layers.{layer}.block_sparse_moe.gate.weight",
            .. Enumerable.Range(0, 4).SelectMany(e => Enumerable.Range(1, 3).Select(w => $"model.layers.{layer}.block_sparse_moe.experts.{e}.w{w}.weight")),
            $"model.layers.{layer}.input_layernorm.weight",
            $"model.layers.{layer}.post_attention_layernorm.weight",
        ]),
        "model.norm.weight",
        "lm_head.weight",
    ];
}
