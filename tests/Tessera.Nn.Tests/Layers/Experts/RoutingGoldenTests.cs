using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Xunit;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Values of routing and of its losses that public implementations give.</summary>
public class RoutingGoldenTests
{
    // The table of V-MoE's own tests. Its gates are no softmax; as sigmoids of these logits they come out as they are.
    private static readonly double[][] s_gates = [[0.4, 0, 0.2], [0.5, 0.1, 0.4], [0.3, 0.2, 0.6]];

    private static readonly double[][] s_lossGates = [[0.5, 0.4, 0.1], [0.3, 0.3, 0.4], [0.1, 0.2, 0.7], [0.8, 0.2, 0]];

    private static readonly RouteOptions s_twoPlaces = new(2) { Scoring = RouteScoring.Sigmoid, CapacityFactor = 1 };

    [Fact]
    public void V_MoE_serves_first_choices_in_the_order_of_tokens() => Combined(
        s_twoPlaces with { Priority = RoutePriority.Choice },
        [(0, 0, 0, 0.4), (0, 2, 1, 0.2), (1, 0, 1, 0.5), (2, 2, 0, 0.6)]);

    [Fact]
    public void V_MoE_by_batch_priority_serves_tokens_of_larger_weight_first() => Combined(
        s_twoPlaces with { Priority = RoutePriority.Batch },
        [(0, 0, 1, 0.4), (1, 0, 0, 0.5), (1, 2, 1, 0.4), (2, 2, 0, 0.6)]);

    [Fact]
    public void Experts_choose_their_best_tokens() => Combined(
        Routers.ExpertChoice(2) with { Scoring = RouteScoring.Sigmoid },
        [(0, 0, 1, 0.4), (0, 2, -1, 0), (1, 0, 0, 0.5), (1, 1, 1, 0.1), (1, 2, 1, 0.4), (2, 1, 0, 0.2), (2, 2, 0, 0.6)]);

    // 32 tokens of k = 2 for 32 experts are 2 for each, rounded up to 4: as many of equal tokens get through.
    [Theory]
    [InlineData(1, 2)]
    [InlineData(4, 4)]
    public void Capacity_is_rounded_up_to_its_multiple(int multiple, int kept)
    {
        RouteOptions options = Routers.VMoe(2, 1) with { CapacityMultiple = multiple };
        RefTensor slots = FunctionRun.Of(t => Functional.Route(t[0], options).Slots!, RefTensor.Floats(DType.F32, [32, 32], new double[32 * 32]));
        Assert.Equal(2 * kept, slots.I.Count(static s => s >= 0));
        Assert.Equal(kept - 1, slots.I.Max());
    }

    [Fact]
    public void Importance_loss() => Assert.Equal(0.03874999, Loss(static t => Functional.ImportanceLoss(t[0])), 1e-7);

    [Fact]
    public void Load_loss()
    {
        double[][] logits = [[0.9, 0.06, 0.04], [0.7, 0.18, 0.12], [0.85, 0.05, 0.1]];
        double[][] noise = [[-0.037, 0.026, -0.018], [-0.074, 0.045, -0.015], [-0.067, -0.059, 0.073]];
        RefTensor loss = FunctionRun.Of(
            static t => Functional.LoadLoss(t[0], t[1], 2, 0.1), FunctionRun.Rows(logits), FunctionRun.Rows(Plain.Add(logits, noise)));
        Assert.Equal(0.48573864536489236, loss.F[0], 1e-6);
    }

    [Fact]
    public void Balance_loss_of_GShard() => Assert.Equal(1.0875, Loss(static t => Functional.BalanceLoss(t[0])), 1e-9);

    [Fact]
    public void Z_loss_is_the_mean_square_of_the_log_sum_exp() => Assert.Equal(
        s_lossGates.Average(static r => Math.Pow(Math.Log(r.Sum(Math.Exp)), 2)), Loss(static t => Functional.ZLoss(t[0])), 1e-12);

    [Fact]
    public void Losses_are_least_under_an_even_load()
    {
        RefTensor even = RefTensor.Floats(DType.F32, [4, 4], [.. Enumerable.Range(0, 16).Select(static i => i % 4 == i / 4 ? 0.7 : 0.1)]);
        Assert.Equal(0, FunctionRun.Of(static t => Functional.ImportanceLoss(t[0]), even).F[0], 1e-12);
        Assert.Equal(0, FunctionRun.Of(static t => Functional.LoadLoss(t[0], t[0], 1, 0.1), even).F[0], 1e-12);
        Assert.Equal(1, FunctionRun.Of(static t => Functional.BalanceLoss(t[0]), even).F[0], 1e-12);
    }

    private static double Loss(Func<Tensor[], Tensor> loss)
    {
        RefTensor result = FunctionRun.Of(loss, FunctionRun.Rows(s_lossGates));
        Assert.Empty(result.Dims);
        return result.F[0];
    }

    // Item, expert, slot and weight of all that is not dropped; slot −1 says that there is none.
    private static void Combined(RouteOptions options, (int Item, int Expert, int Slot, double Weight)[] expected)
    {
        RefTensor logits = FunctionRun.Rows(Plain.Each(s_gates, static g => Math.Log(g / (1 - g))));
        RefTensor Of(Func<Routing, Tensor> pick) => FunctionRun.Of(t => pick(Functional.Route(t[0], options)), logits);
        (RefTensor weights, RefTensor experts, RefTensor slots) = (Of(static r => r.Weights), Of(static r => r.Experts), Of(static r => r.Slots!));
        int width = (int)weights.Dims[1];
        var kept = Enumerable.Range(0, weights.Count).Where(i => experts.I[i] >= 0)
            .Select(i => (Item: i / width, Expert: (int)experts.I[i], Slot: (int)slots.I[i], Weight: Math.Round(weights.F[i], 9)))
            .OrderBy(static a => (a.Item, a.Expert)).ToArray();
        Assert.Equal(expected.Where(static e => e.Slot >= 0), kept);
    }
}
