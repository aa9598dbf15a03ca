using Tessera.Ir.Ops;
using Tessera.Nn;
using Tessera.Nn.Layers;
using Tessera.Nn.Models;

namespace Tessera.Compiler.Tests;

/// <summary>Small models of experts, under every router.</summary>
internal static class ExpertModels
{
    private static readonly (string Name, Func<Module> Make)[] s_unbounded =
    [
        ("mixtral", static () => new ExpertModel(Routers.Mixtral())),
        ("renormalised", static () => new ExpertModel(new RouteOptions(3) { Renormalize = true, Epsilon = 1e-6 })),
        ("deepseek-v2", static () => new ExpertModel(Routers.DeepSeekV2(3, 4, 2, 4))),
        ("deepseek-v3", static () => new ExpertModel(Routers.DeepSeekV3(3, 4, 2), shared: true)),
        ("soft top-k", static () => new ExpertModel(Routers.Soft(2, 0.3))),
        ("sparse mixer", static () => new ExpertModel(Routers.SparseMixer(2, 0.1))),
        ("stack", static () => new ExpertModel(Routers.Mixtral(), new StackedExperts(
            16, 8, 12, new ExpertOptions { Activation = ExpertActivation.Silu, Gate = ExpertGate.Interleaved, Biases = true, Alpha = 1.702, Beta = 1, Limit = 0.5 }))),
        ("weights on the input", static () => new ExpertModel(Routers.Mixtral(), new StackedExperts(
            16, 8, 12, ExpertOptions.Gelu with { WeightOn = WeightSide.Input }, outputsFirst: true))),
        ("soft moe", static () => new SoftExpertModel()),
        ("v-moe model", static () => VMoe(Routers.VMoe(2, 0))),
        ("mixtral model", static () => new Mixtral(new MixtralConfig(16, 2, 4, 2, 12, 4, 11))),
    ];

    private static readonly (string Name, Func<Module> Make)[] s_bounded =
    [
        ("v-moe vanilla", static () => new ExpertModel(Routers.VMoe(2, 0.5, RoutePriority.Choice) with { CapacityMultiple = 1 })),
        ("v-moe by weight", static () => new ExpertModel(Routers.VMoe(2, 0.5) with { CapacityMultiple = 1 })),
        ("switch", static () => new ExpertModel(Routers.Switch(1))),
        ("expert choice", static () => new ExpertModel(Routers.ExpertChoice(2))),
        ("bounded v-moe model", static () => VMoe(Routers.VMoe(2, 0.5) with { CapacityMultiple = 1 })),
    ];

    /// <summary>Models in which a token's result is its own.</summary>
    public static IEnumerable<string> Unbounded => s_unbounded.Select(static m => m.Name);

    /// <summary>Models in which the tokens of an example compete for places.</summary>
    public static IEnumerable<string> Bounded => s_bounded.Select(static m => m.Name);

    public static Module Make(string name) => s_unbounded.Concat(s_bounded).First(m => m.Name == name).Make();

    private static VMoe VMoe(RouteOptions router) =>
        new(new VMoeConfig(new ViTConfig(16, 2, 2, 12, 2) { Image = 10, Classes = 3 }, 4) { Router = router });
}

/// <summary>One mixture of experts over tokens.</summary>
[Module]
[Ragged("n")]
public sealed partial class ExpertModel(RouteOptions router, Experts? experts = null, bool shared = false)
{
    public MoE Moe { get; } = new(
        new Router(16, 8, router), experts ?? new ExpertList(16, [12, 8, 12, 4, 12, 12, 16, 12], ExpertOptions.SwiGlu), shared ? new GatedMlp(16, 8) : null);

    public ExpertModel()
        : this(Routers.Mixtral())
    {
    }

    public Tensor Forward([Input("f32[n, 16]")] Tensor x) => x.Apply(Moe);
}

/// <summary>A soft mixture of experts over tokens.</summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class SoftExpertModel
{
    public SoftMoE Moe { get; } = new(16, 2, new ExpertList(16, 4, 12));

    public Tensor Forward([Input("f32[n, 16]")] Tensor x) => x.Apply(Moe);
}

/// <summary>The losses of a router, and noise where a deviation is given.</summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class RouterLosses(double deviation = 0)
{
    public Router Gate { get; } = new(16, 4, Routers.Mixtral(), noise: deviation == 0 ? null : new RouterNoise(deviation, 3));

    public (Tensor Importance, Tensor Load, Tensor Balance, Tensor Z, Tensor Pruned) Forward([Input("f32[n, 16]")] Tensor x)
    {
        Routing routing = Gate.Apply(x);
        Tensor gates = Functional.Softmax(routing.Logits);
        return (
            Functional.ImportanceLoss(gates),
            Functional.LoadLoss(routing.CleanLogits, routing.Logits, 2, 0.25),
            Functional.BalanceLoss(gates),
            Functional.ZLoss(routing.Logits),
            Functional.SparseTopK(x, 3, 0.1, magnitude: true));
    }
}
