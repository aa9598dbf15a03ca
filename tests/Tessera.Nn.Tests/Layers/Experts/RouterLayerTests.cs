using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Nn.Layers;
using Xunit;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Mixtures of experts under every router: each token's result is the sum that the router's paper writes.</summary>
public class RouterLayerTests
{
    private const int Dim = 6;
    private const int Count = 8;
    private const int Tokens = 12;

    private static readonly RefTensor s_x = LayerRun.Random(71, Tokens, Dim);
    private static readonly double[] s_bias = [.. LayerRun.Random(72, Count).F.Select(static v => v / 4)];

    private static readonly Dictionary<string, (RouteOptions Options, Func<double[][], double[][]> Plain)> s_routers = new()
    {
        ["softmax"] = (new RouteOptions(3), static l => PlainRouters.SoftmaxTopK(l, 3)),
        ["V-MoE vanilla"] = (Routers.VMoe(2, 0.25, RoutePriority.Choice), static l => PlainRouters.Bounded(l, 2, 4, byWeight: false)),
        ["V-MoE by weight"] = (Routers.VMoe(2, 0.25), static l => PlainRouters.Bounded(l, 2, 4, byWeight: true)),
        ["Mixtral"] = (Routers.Mixtral(), static l => PlainRouters.Renormalised(l, 2)),
        ["renormalised"] = (new RouteOptions(2) { Renormalize = true }, static l => PlainRouters.Renormalised(l, 2)),
        ["Switch"] = (Routers.Switch(1), static l => PlainRouters.Bounded(l, 1, 2, byWeight: false)),
        ["DeepSeek-V2"] = (Routers.DeepSeekV2(3, 4, 2, 16), static l => PlainRouters.GroupLimited(l, 3, 4, 2, 16)),
        ["DeepSeek-V3"] = (Routers.DeepSeekV3(3, 4, 2, 2.5), static l => PlainRouters.Corrected(l, s_bias, 3, 4, 2, 2.5)),
        ["soft, p = 2"] = (Routers.Soft(2, 0.5, 2), static l => Plain.Map(l, static r => PlainSoftTopK.PoolAdjacentViolators(r, 2, 0.5, 2))),
        ["soft, p = 4/3"] = (Routers.Soft(2, 0.3), static l => Plain.Map(l, static r => PlainSoftTopK.PoolAdjacentViolators(r, 2, 0.3, 4.0 / 3))),
        ["expert choice"] = (Routers.ExpertChoice(2), static l => PlainRouters.ChosenByExperts(l, 3)),
        ["sparse mixer"] = (Routers.SparseMixer(2, 0.1), static l => PlainRouters.SparseMixer(l, 0.1)),
    };

    public static TheoryData<string> Names() => [.. s_routers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_token_gets_the_sum_of_its_experts(string router)
    {
        (RouteOptions options, Func<double[][], double[][]> plain) = s_routers[router];
        MoE layer = new(new Router(Dim, Count, options), new ExpertList(Dim, Count, 5));
        LayerRun run = Run(layer);
        double[][] logits = Plain.Linear(run.Input("x"), run.Weight("gate.weight"));
        Plain.Close(PlainExperts.Mixed(run, "experts.", run.Input("x"), plain(logits), ExpertOptions.Gelu, ["w1", "w2"]), run.Result());
    }

    // The inputs are such that a bound, and the order of serving, show.
    [Theory]
    [InlineData("V-MoE vanilla")]
    [InlineData("V-MoE by weight")]
    [InlineData("Switch")]
    public void Bounded_routers_drop_what_an_expert_has_no_room_for(string router)
    {
        RouteOptions options = s_routers[router].Options;
        MoE layer = new(new Router(Dim, Count, options), new ExpertList(Dim, Count, 5));
        LayerRun run = Run(layer);
        double[][] logits = Plain.Linear(run.Input("x"), run.Weight("gate.weight"));
        Assert.True(s_routers[router].Plain(logits).Sum(static w => w.Count(static v => v != 0)) < Tokens * options.K);
    }

    [Fact]
    public void The_orders_of_serving_differ()
    {
        double[][] logits = Plain.Rows(LayerRun.Random(73, 12, 3));
        double[][] vanilla = PlainRouters.Bounded(logits, 2, 4, byWeight: false);
        Assert.NotEqual(vanilla.SelectMany(static r => r), PlainRouters.Bounded(logits, 2, 4, byWeight: true).SelectMany(static r => r));
    }

    [Fact]
    public void What_all_tokens_share_is_added()
    {
        MoE layer = new(new Router(Dim, 4, Routers.DeepSeekV3(2, 2, 1)), new ExpertList(Dim, 4, 5, ExpertOptions.SwiGlu, ExpertNames.Projections), new GatedMlp(Dim, 7));
        LayerRun run = Run(layer).With("gate.e_score_correction_bias", RefTensor.Floats(DType.F32, [4], s_bias[..4]));
        double[][] x = run.Input("x");
        double[][] weights = PlainRouters.Corrected(Plain.Linear(x, run.Weight("gate.weight")), s_bias[..4], 2, 2, 1, 2.5);
        double[][] routed = PlainExperts.Mixed(run, "experts.", x, weights, ExpertOptions.SwiGlu, ["gate_proj", "down_proj", "up_proj"]);
        double[][] Shared(string name, double[][] rows) => Plain.Linear(rows, run.Weight($"shared_experts.{name}.weight"));
        double[][] shared = Shared("down_proj", Plain.Multiply(Plain.Each(Shared("gate_proj", x), Plain.Silu), Shared("up_proj", x)));
        Plain.Close(Plain.Add(routed, shared), run.Result());
    }

    [Fact]
    public void A_router_may_have_a_bias()
    {
        MoE layer = new(new Router(Dim, Count, Routers.Mixtral(), bias: true), new ExpertList(Dim, Count, 5));
        LayerRun run = Run(layer);
        double[][] weights = PlainRouters.Renormalised(Plain.Linear(run.Input("x"), run.Weight("gate.weight"), run.Vector("gate.bias")), 2);
        Plain.Close(PlainExperts.Mixed(run, "experts.", run.Input("x"), weights, ExpertOptions.Gelu, ["w1", "w2"]), run.Result());
    }

    [Fact]
    public void Noise_moves_what_is_routed_by_and_nothing_else()
    {
        Router quiet = new(Dim, Count, Routers.Mixtral());
        Router noisy = new(Dim, Count, Routers.Mixtral(), noise: new RouterNoise(0.5, 7));
        double[] Logits(Router router, Func<Routing, Tensor> pick) => LayerRun.Of(router, x => pick(router.Apply(x[0])), ("x", s_x)).Tensor().F;
        double[] clean = Logits(quiet, static r => r.Logits);
        double[] moved = Logits(noisy, static r => r.Logits);
        Assert.Equal(clean, Logits(noisy, static r => r.CleanLogits));
        Assert.Equal(moved, Logits(noisy, static r => r.Logits));
        double[] noise = [.. moved.Zip(clean, static (a, b) => a - b)];
        Assert.DoesNotContain(0.0, noise);
        Assert.InRange(Math.Sqrt(noise.Average(static v => v * v)), 0.35, 0.65);
        Assert.NotEqual(moved, Logits(new(Dim, Count, Routers.Mixtral(), noise: new RouterNoise(0.5, 8)), static r => r.Logits));
    }

    [Fact]
    public void Router_and_experts_must_be_of_one_number()
    {
        TesseraException error = Assert.Throws<TesseraException>(static () => new MoE(new Router(Dim, 4, Routers.Mixtral()), new ExpertList(Dim, 5, 3)));
        Assert.Equal("TSR0621", error.Code);
        Assert.Contains("4 experts; there are 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_experts_of_a_token_than_there_are_is_refused()
    {
        MoE layer = new(new Router(Dim, 2, Routers.Mixtral(3)), new ExpertList(Dim, 2, 3));
        Assert.Equal("TSR0217", Assert.Throws<TesseraException>(() => Run(layer)).Code);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(4, 0)]
    public void Sizes_must_be_positive(int dim, int count)
    {
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(() => new Router(dim, count, Routers.Mixtral())).Code);
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(() => new ExpertList(dim, count, 3)).Code);
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(() => new StackedExperts(dim, count, 3)).Code);
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(() => new ExpertList(4, [3, dim * count])).Code);
    }

    private static LayerRun Run(MoE layer)
    {
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        return layer.Gate.SelectionBias is null || layer.Gate.Experts != Count ? run : run.With("gate.e_score_correction_bias", RefTensor.Floats(DType.F32, [Count], s_bias));
    }
}
