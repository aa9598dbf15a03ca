using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn.Models;
using Tessera.Nn.Tests.Layers;
using Xunit;

namespace Tessera.Nn.Tests.Models;

/// <summary>V-MoE: a vision transformer, experts in place of some MLPs.</summary>
public class VMoeTests
{
    private const int Tokens = 5;

    // 4 × 4 patches of 2 pixels; experts in the second block.
    private static readonly VMoeConfig s_tiny = new(new ViTConfig(8, 2, 2, 6, 2) { Image = 8, Classes = 3 }, 4) { Router = Routers.VMoe(2, 0) };

    [Theory]
    [InlineData(ViTHead.Cls)]
    [InlineData(ViTHead.Gap)]
    public void It_is_a_vision_transformer_with_experts(ViTHead head)
    {
        VMoeConfig config = s_tiny with { Vit = s_tiny.Vit with { Head = head } };
        VMoe model = new(config);
        LayerRun run = Run(model, static r => r.Logits);
        bool hasClass = head == ViTHead.Cls;
        double[][] places = run.Weight("pos_embed");
        double[][] x = Plain.Linear(run.Input("patches"), run.Weight("patch_embed.weight"), run.Vector("patch_embed.bias"));
        x = Plain.Add(x, [.. Enumerable.Range(0, Tokens).Select(t => places[(Rows[t] * 4) + Columns[t] + (hasClass ? 1 : 0)])]);
        x = hasClass ? [.. Plain.Add(run.Weight("cls.token"), places[..1]), .. x] : x;
        x = Attended(run, x, "blocks.0.");
        x = Plain.Add(x, Plain.Mlp(Norm(run, x, "blocks.0.norm2"), run, "blocks.0.mlp."));
        x = Attended(run, x, "blocks.1.");
        double[][] z = Norm(run, x, "blocks.1.norm2");
        double[][] weights = PlainRouters.SoftmaxTopK(Plain.Linear(z, run.Weight("blocks.1.moe.gate.weight")), 2);
        x = Norm(run, Plain.Add(x, PlainExperts.Mixed(run, "blocks.1.moe.experts.", z, weights, ExpertOptions.Gelu, ["fc1", "fc2"])), "norm");
        double[] pooled = hasClass ? x[0] : [.. Enumerable.Range(0, 8).Select(d => x.Average(r => r[d]))];
        Plain.Close(Plain.Linear([pooled], run.Weight("head.weight"), run.Vector("head.bias")), run.Result());
    }

    [Fact]
    public void It_says_where_its_patches_went()
    {
        VMoe model = new(s_tiny with { Vit = s_tiny.Vit with { Depth = 4 }, ShowsRouting = true });
        VMoe withoutClass = new(s_tiny with { Vit = s_tiny.Vit with { Head = ViTHead.Gap }, ShowsRouting = true });
        Assert.Equal([(long)Tokens, 1, 2], Run(withoutClass, static r => r.Experts!).Tensor().Dims);
        RefTensor experts = Run(model, static r => r.Experts!).Tensor();
        RefTensor weights = Run(model, static r => r.Weights!).Tensor();
        Assert.Equal([(long)Tokens, 2, 2], experts.Dims);
        Assert.Equal(experts.Dims, weights.Dims);
        Assert.All(experts.I, static e => Assert.InRange(e, 0, 3));
        Assert.All(weights.F, static w => Assert.InRange(w, 0.01, 1));
        Assert.Null(ModelTracer.Trace(new VMoe(s_tiny)).Outputs.Select(static o => o.Name).FirstOrDefault(static n => n != "logits"));
        Assert.Equal(["logits", "experts", "weights"], ModelTracer.Trace(model).Outputs.Select(static o => o.Name));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        foreach (VMoeConfig config in (VMoeConfig[])[
            s_tiny with { Experts = 0 }, s_tiny with { Every = 0 }, s_tiny with { Every = 3 }, s_tiny with { Last = -1 },
            s_tiny with { Vit = s_tiny.Vit with { Parallel = true } }, s_tiny with { Vit = s_tiny.Vit with { Image = 7 } }])
        {
            Assert.Equal("TSR0607", Assert.Throws<TesseraException>(() => new VMoe(config)).Code);
        }
    }

    private static readonly long[] Rows = [0, 0, 1, 3, 2];

    private static readonly long[] Columns = [0, 3, 1, 3, 0];

    private static LayerRun Run(VMoe model, Func<(Tensor Logits, Tensor? Experts, Tensor? Weights), Tensor> pick) => LayerRun.Of(
        model,
        x => pick(model.Apply(x[0], x[1], x[2])),
        ("patches", LayerRun.Random(95, Tokens, 12)),
        ("rows", LayerRun.Ints(Rows)),
        ("columns", LayerRun.Ints(Columns)));

    private static double[][] Norm(LayerRun run, double[][] x, string path) =>
        Plain.Map(x, r => Plain.LayerNorm(r, run.Vector($"{path}.weight"), run.Vector($"{path}.bias"), 1e-6));

    private static double[][] Attended(LayerRun run, double[][] x, string path)
    {
        double[][] qkv = Plain.Linear(Norm(run, x, $"{path}norm1"), run.Weight($"{path}qkv.weight"), run.Vector($"{path}qkv.bias"));
        double[][] attended = new PlainAttention(2, 2).Run(Plain.Columns(qkv, 0, 8), Plain.Columns(qkv, 8, 16), Plain.Columns(qkv, 16, 24));
        return Plain.Add(x, Plain.Linear(attended, run.Weight($"{path}proj.weight"), run.Vector($"{path}proj.bias")));
    }
}
