extern alias gpu;

using gpu::Tessera.Gpu.Models;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Xunit;

namespace Tessera.Compiler.Tests;

/// <summary>What a whole model on a GPU chose, held against what its reference would have chosen.</summary>
public class GpuRoutingTests
{
    private static readonly long[] s_experts = [0, 1, 2, 0, 1, -1];
    private static readonly double[] s_weights = [0.5, 0.25, 0.5, 0.25, 0.4, 0];

    [Fact]
    public void The_same_choices_are_no_difference() => Assert.Equal(new RoutingDifference(0, 0), Of(s_experts, s_weights));

    [Fact]
    public void The_order_of_a_tokens_experts_is_no_difference() =>
        Assert.Equal(new RoutingDifference(0, 0), Of([1, 0, 2, 0, -1, 1], [0.25, 0.5, 0.5, 0.25, 0, 0.4]));

    [Theory]
    [InlineData(0, 3, 2)] // another expert: one chosen that was not, one not chosen that was
    [InlineData(0, -1, 1)] // one is dropped
    [InlineData(5, 2, 1)] // one had room
    [InlineData(1, 0, 2)] // the same one twice
    public void Other_choices_are_counted(int at, long expert, int apart)
    {
        long[] experts = [.. s_experts];
        experts[at] = expert;
        int all = 5 + experts.Count(static e => e >= 0);
        Assert.Equal(apart / (double)all, Of(experts, s_weights).Rerouted, 12);
    }

    [Theory]
    [InlineData(0.3, 0.1)]
    [InlineData(double.NaN, double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity, double.PositiveInfinity)]
    public void Weights_of_the_same_choices_are_compared(double weight, double largest)
    {
        double[] weights = [.. s_weights];
        weights[1] = weight;
        RoutingDifference difference = Of(s_experts, weights);
        Assert.Equal(0, difference.Rerouted);
        Assert.Equal(largest, difference.Largest, 12);
    }

    [Fact]
    public void A_cut_graph_goes_where_it_is_told_and_says_where_it_would_have_gone()
    {
        GraphBuilder g = new();
        (Value x, Value logits) = (g.In("x", "f32[t, 2]"), g.In("logits", "f32[t, 3]"));
        IReadOnlyList<Value> routed = g.EmitAll(new Route(logits) { K = 1 });
        Value[] tail = [.. Enumerable.Range(0, 6).Select(i => g.In($"w{i}", "f32[2, 2]"))];
        Value y = g.Emit(new GroupedMlp(x, routed[1], routed[0], [.. tail]) { ExpertCount = 3, Activation = ExpertActivation.Relu });
        Graph graph = new() { Name = "routed", Builder = g, Inputs = [x, logits, .. tail], Outputs = [new GraphOutput("y", y)] };
        RefTensor Matrix(double scale) => RefTensor.Floats(DType.F32, [2, 2], [scale, 0, 0, scale]);
        Dictionary<string, RefValue> inputs = new()
        {
            ["x"] = RefTensor.Floats(DType.F32, [2, 2], [1, 2, 3, 4]),
            ["logits"] = RefTensor.Floats(DType.F32, [2, 3], [9, 0, 0, 0, 9, 0]),
        };
        for (int i = 0; i < 6; i++)
        {
            inputs[$"w{i}"] = Matrix(i % 2 == 0 ? 1 : (i / 2) + 1);
        }

        Graph shown = RouteCut.Shown(graph), given = RouteCut.Given(graph);
        Assert.Equal(["y", "route0.weights", "route0.experts"], shown.Outputs.Select(static o => o.Name));
        Assert.Equal(["y", "route0.weights.own", "route0.experts.own"], given.Outputs.Select(static o => o.Name));
        Assert.Equal([false, true, true], shown.Outputs.Select(RouteCut.IsOne));
        RefTensor[] chosen = [.. Evaluator.Run(shown, inputs).Cast<RefTensor>()];
        Assert.Equal([0L, 1], chosen[2].I);

        inputs["route0.weights"] = RefTensor.Floats(DType.F32, [2, 1], [1, 1]);
        inputs["route0.experts"] = RefTensor.Ints(DType.I64, [2, 1], [2, -1]);
        RefTensor[] told = [.. Evaluator.Run(given, inputs).Cast<RefTensor>()];
        Assert.Equal([3.0, 6, 0, 0], told[0].F);
        Assert.Equal(chosen[1].F, told[1].F);
        Assert.Equal(chosen[2].I, told[2].I);
    }

    private static RoutingDifference Of(long[] experts, double[] weights) => RoutingDifference.Of(Routes(experts, weights), Routes(s_experts, s_weights));

    private static RefTensor[] Routes(long[] experts, double[] weights) => [RefTensor.Floats(DType.F32, [3, 2], weights), RefTensor.Ints(DType.I64, [3, 2], experts)];
}
