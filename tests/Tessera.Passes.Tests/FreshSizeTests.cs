using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Passes.Batching;
using Xunit;

namespace Tessera.Passes.Tests;

/// <summary>Sizes that only run time knows keep their meaning through passes.</summary>
public class FreshSizeTests
{
    [Theory]
    [InlineData(BatchMode.Packed)]
    [InlineData(BatchMode.Padded)]
    public void Batching_keeps_the_name_of_a_size_that_no_example_changes(BatchMode mode)
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n, 3]");
        Value places = g.NonZero(g.Param("mask", "f32[3]"));
        Value flat = g.Reshape(places, [places.Shape[1]]);
        Graph graph = new() { Name = "g", Builder = g, Inputs = [x], Outputs = [new("y", g.Gather(x, flat, 1))], Ragged = ["n"] };
        Graph batch = BatchPass.Run(graph, mode);
        Verifier.Verify(batch);
        Dim count = Assert.Single(batch.PostOrder().OfType<Ir.Ops.NonZero>()).Outputs[0].Shape[1];
        Assert.Contains(batch.PostOrder().OfType<Ir.Ops.Reshape>(), op => op.Shape.Rank == 1 && op.Shape[0] == count);
    }

    [Fact]
    public void Simpler_bounds_keep_the_name_of_the_size_between_them()
    {
        GraphBuilder g = new([Constraint.Parse("m >= n")]);
        (Dim n, Dim m) = (Dim.Sym("n"), Dim.Sym("m"));
        Value x = g.In("x", "f32[n, 3]");
        Value y = g.Slice(x, [Dim.Min(n, m) - 5], [n], [0]);
        Value z = g.Reshape(y, [y.Shape[0] * 3]);
        Graph after = Canonical(g, [x, g.In("other", "f32[m]")], z);
        Assert.Equal(n - 5, Assert.Single(after.PostOrder().OfType<Ir.Ops.Slice>()).Starts[0]);
    }

    [Fact]
    public void Value_that_exists_under_another_name_brings_that_name()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n, 3]");
        Value twice = g.NonZero(g.Transpose(g.Transpose(x, [1, 0]), [1, 0]));
        Value once = g.NonZero(x);
        Graph after = Canonical(g, [x], g.Reshape(once, [once.Shape[1] * 2]), g.Reshape(twice, [twice.Shape[1] * 2]));
        Assert.Single(after.Roots.Distinct());
    }

    private static Graph Canonical(GraphBuilder builder, IReadOnlyList<Value> inputs, params Value[] outputs) => PassRunner.Run(
        new Graph { Name = "g", Builder = builder, Inputs = inputs, Outputs = [.. outputs.Select(static (v, i) => new GraphOutput($"y{i}", v))] },
        [Pipelines.Canonicalize],
        new PassContext(new PassOptions { Verify = true }));
}
