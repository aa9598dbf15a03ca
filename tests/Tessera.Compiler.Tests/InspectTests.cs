using Tessera.Compiler.Inspect;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Ir.Text;
using Xunit;

namespace Tessera.Compiler.Tests;

/// <summary>What stands inside loops and branches is counted too, or said not to be.</summary>
public sealed class InspectTests
{
    private static readonly TensorType s_round = new(DType.I64, Shape.Scalar);
    private static readonly TensorType s_condition = new(DType.Bool, Shape.Scalar);

    // x is multiplied by w, [n, 4] · [4, 4], in each round: n · 16 products.
    [Theory]
    [InlineData("3", 3 * 5 * 16, 0)]
    [InlineData("rows", 5 * 5 * 16, 0)]
    [InlineData("input", 0, 1)]
    [InlineData("ended", 0, 1)]
    public void Loop_costs_its_rounds(string rounds, long macs, int untold)
    {
        GraphBuilder g = new();
        (Value x, Value w) = (g.In("x", "f32[n, 4]"), g.In("w", "f32[4, 4]"));
        Value limit = rounds switch
        {
            "rows" => g.Squeeze(g.ShapeOf(x, end: 1), [0]),
            "input" => g.In("limit", "i64[]"),
            _ => g.Int(DType.I64, 3),
        };
        Region body = Regions.Of([s_round, s_condition, x.Type, w.Type], static (r, p) => [p[1], r.MatMul(p[2], p[3])]);
        Value[] inputs = [x, w];
        IReadOnlyList<Value> y = g.Loop([x, w], 1, body, maxTrip: limit, condition: rounds == "ended" ? g.In("go", "bool[]") : null);
        Check(Of(g, y, inputs), macs, untold);
        GraphReport report = GraphReport.Of(Of(g, y, inputs));
        Assert.Contains(("matmul", 1), report.Ops);
        Assert.Equal(untold, report.UntoldMacs);
    }

    [Fact]
    public void Branch_costs_its_dearer_side_and_its_memory()
    {
        GraphBuilder g = new();
        (Value x, Value w) = (g.In("x", "f32[n, 4]"), g.In("w", "f32[4, 4]"));
        Region cheap = Regions.Of([x.Type, w.Type], static (r, p) => [r.MatMul(p[0], p[1])]);
        Region dear = Regions.Of([x.Type, w.Type], static (r, p) => [r.MatMul(r.MatMul(r.MatMul(p[0], p[1]), p[1]), p[1])]);
        Graph graph = Of(g, g.If(g.In("c", "bool[]"), [x, w], cheap, dear), [x, w]);
        Check(graph, 3 * 5 * 16, 0);

        // Inside, a product beside the one it is made of; outside, the result: 3 · n · 4 floats.
        Assert.Equal(3 * 5 * 16, ActivationMemory.Peak(graph).Evaluate(static _ => 5));
    }

    [Fact]
    public void Sizes_made_inside_a_loop_are_told_apart()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n, n]");
        Region body = Regions.Of([s_round, s_condition, TypeText.Parse("f32[k, n]"), x.Type], static (r, p) =>
            [p[1], r.MatMul(r.Concat([p[2], p[2]], 0), p[3])]);
        Graph graph = Of(g, g.Loop([x, x], 1, body, maxTrip: g.Int(DType.I64, 2)), [x]);
        Assert.Equal((0, 1), (GraphCost.Macs(graph), GraphCost.Untold(graph).Count));
        Assert.Equal(["n"], ActivationMemory.Peak(graph).Symbols.Where(static s => s is "k" or "n"));
    }

    private static void Check(Graph graph, long macs, int untold)
    {
        Assert.Equal(macs, GraphCost.Macs(graph).Evaluate(static _ => 5));
        Assert.Equal(untold, GraphCost.Untold(graph).Count);
    }

    private static Graph Of(GraphBuilder builder, IReadOnlyList<Value> results, IReadOnlyList<Value> inputs) => new()
    {
        Name = "g",
        Builder = builder,
        Inputs = inputs,
        Outputs = [.. results.Select(static (v, i) => new GraphOutput($"y{i}", v))],
    };
}
