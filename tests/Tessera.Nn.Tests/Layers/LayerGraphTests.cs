using Tessera.Nn.Layers;
using Tessera.Testing;
using Xunit;

namespace Tessera.Nn.Tests.Layers;

/// <summary>The graphs that layers become, kept as text under <c>tests/golden/layers</c>.</summary>
public class LayerGraphTests
{
    [Fact]
    public void Graph_of_linear() => Check("linear", new Linear(6, 4), static (l, x) => l.Apply(x[0]), "f32[n, 6]");

    [Fact]
    public void Graph_of_mlp() => Check("mlp", new Mlp(6, 8), static (l, x) => l.Apply(x[0]), "f32[n, 6]");

    [Fact]
    public void Graph_of_attention_with_all_options() => Check(
        "multi-head-attention",
        new MultiHeadAttention(
            8, 4, kvHeads: 2, qkNorm: true, rotary: new RotaryAngles(2), relativeBias: new RelativeBias(4, 4, 3),
            options: new AttentionOptions { Causal = true, WindowLeft = 3, Softcap = 30, Scale = 0.25 }),
        static (l, x) => l.Apply(x[0]),
        "f32[n, 8]");

    [Fact]
    public void Graph_of_cross_attention() => Check(
        "cross-attention", new MultiHeadAttention(8, 2, contextDim: 6, bias: false), static (l, x) => l.Apply(x[0], x[1]), "f32[n, 8]", "f32[m, 6]");

    [Fact]
    public void Graph_of_parallel_block() => Check("parallel-block", new ParallelBlock(8, 2, 12), static (l, x) => l.Apply(x[0]), "f32[n, 8]");

    [Fact]
    public void Graph_of_attention_pool() => Check("attention-pool", new AttentionPool(8, 2, 12), static (l, x) => l.Apply(x[0]), "f32[n, 8]");

    [Fact]
    public void Graph_of_experts_with_a_shared_one() => Check(
        "experts", new MoE(new Router(6, 4, Routers.DeepSeekV3(2, 2, 1)), new ExpertList(6, 4, 3, ExpertOptions.SwiGlu), new GatedMlp(6, 5)), static (l, x) => l.Apply(x[0]), "f32[n, 6]");

    [Fact]
    public void Graph_of_stacked_experts() => Check(
        "stacked-experts", new MoE(new Router(6, 2, Routers.VMoe()), new StackedExperts(6, 2, 3, outputsFirst: true)), static (l, x) => l.Apply(x[0]), "f32[n, 6]");

    [Fact]
    public void Graph_of_soft_experts() => Check(
        "soft-experts", new SoftMoE(6, 2, new ExpertList(6, 2, 3)), static (l, x) => l.Apply(x[0]), "f32[n, 6]");

    [Theory]
    [MemberData(nameof(PositionLayerTests.Variants), MemberType = typeof(PositionLayerTests))]
    public void Graph_of_factorized_positions(PositionKind kind, bool fractional, PositionCombine combine) => Check(
        $"positions-{kind}-{(fractional ? "fractional" : "absolute")}-{combine}".ToLowerInvariant(),
        new FactorizedPositions(8, 5, kind, fractional, combine),
        static (l, x) => l.Apply(x[0], x[1], x[2], x[3]),
        "i64[n]",
        "i64[n]",
        "i64[]",
        "i64[]");

    private static void Check<T>(string name, T layer, Func<T, Tensor[], Tensor> forward, params string[] types)
        where T : Module => Golden.Check($"layers/{name}.ir", LayerRun.Text(layer, x => forward(layer, x), types));
}
