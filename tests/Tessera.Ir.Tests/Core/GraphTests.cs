using Tessera.Ir.Evaluate;
using Tessera.Ir.Text;
using Xunit;

namespace Tessera.Ir.Tests.Core;

public class GraphTests
{
    [Fact]
    public void Equal_ops_are_one_value()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n, 3]");
        Value w = g.Param("w", "f32[3, 4]");
        Assert.Same(g.MatMul(x, w), g.MatMul(x, w));
        Assert.NotSame(g.MatMul(x, w), g.MatMul(x, g.Param("v", "f32[3, 4]")));
    }

    [Fact]
    public void Graph_prints_one_op_a_line()
    {
        Graph graph = LinearGelu(new GraphBuilder([Constraint.Parse("n >= 1")]));
        Verifier.Verify(graph);
        Assert.Equal(
            """
            graph "linear" {
              input %x: f32[n, 3]
              where n >= 1
              %0: f32[4, 3] = parameter {path = "weight", type = f32[4, 3]}
              %1: f32[3, 4] = transpose %0 {perm = [1, 0]}
              %2: f32[n, 4] = matmul %x, %1
              %3: f32[4] = parameter {path = "bias", type = f32[4]}
              %4: f32[n, 4] = add %2, %3
              %5: f32[n, 4] = gelu %4
              output "y" = %5
            }

            """,
            Printer.Print(graph));
    }

    [Fact]
    public void Shape_mismatch_names_both_sides()
    {
        GraphBuilder g = new();
        TesseraException error = Assert.Throws<TesseraException>(() => g.MatMul(g.In("x", "f32[n, 768]"), g.Param("w", "f32[512, 2304]")));
        Assert.Equal("TSR0203", error.Code);
        Assert.Contains("768 ≠ 512", error.Message, StringComparison.Ordinal);
        Assert.Contains("f32[512, 2304]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluator_computes_in_double()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n]");
        Graph graph = new() { Name = "g", Builder = g, Inputs = [x], Outputs = [new("y", g.Gelu(x))] };
        RefTensor y = (RefTensor)Evaluator.Run(graph, new Dictionary<string, RefValue> { ["x"] = RefTensor.Floats(DType.F32, [3], [-1, 0, 3]) })[0];
        double[] expected = [-0.15865525393145707, 0, 2.9959503059051097];
        Assert.All(expected.Zip(y.F), static p => Assert.Equal(p.First, p.Second, 1e-14));
    }

    [Fact]
    public void Walks_do_not_recurse()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n]");
        Value y = x;
        for (int i = 0; i < 100_000; i++)
        {
            y = g.Add(y, x);
        }

        Graph graph = new() { Name = "chain", Builder = g, Inputs = [x], Outputs = [new("y", y)] };
        Assert.Equal(100_001, graph.PostOrder().Count);
        Verifier.Verify(graph);
    }

    private static Graph LinearGelu(GraphBuilder g)
    {
        Value x = g.In("x", "f32[n, 3]");
        Value y = g.Gelu(g.Add(g.MatMul(x, g.Transpose(g.Param("weight", "f32[4, 3]"), [1, 0])), g.Param("bias", "f32[4]")));
        return new() { Name = "linear", Builder = g, Inputs = [x], Outputs = [new("y", y)] };
    }
}
