using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Passes.Batching;
using Xunit;

namespace Tessera.Passes.Tests.Batching;

/// <summary>What holds between two sizes of one example need not hold between the longest of each.</summary>
public class JointSizesTests
{
    [Fact]
    public void Padded_parts_that_make_up_a_fixed_whole_are_refused()
    {
        TesseraException error = Assert.Throws<TesseraException>(() => BatchPass.Run(Joined(), BatchMode.Padded));
        Assert.Equal("TSR0401", error.Code);
    }

    [Fact]
    public void A_constraint_over_two_ragged_sizes_is_not_one_of_the_padded_graph()
    {
        GraphBuilder g = new([new Constraint.Equal(Dim.Sym("n") + Dim.Sym("m"), 10), new Constraint.GreaterEqual(Dim.Sym("n"), 2)]);
        Value sum = g.ReduceSum(g.In("x", "f32[n]"));
        Graph batched = BatchPass.Run(Ragged(g, g.Add(sum, g.ReduceSum(g.In("y", "f32[m]")))), BatchMode.Padded);
        Assert.Equal(Proof.Unknown, batched.Builder.Facts.Equal(Dim.Sym("n") + Dim.Sym("m"), 10));
        Assert.Equal(Proof.Proved, batched.Builder.Facts.GreaterEqual(Dim.Sym("n"), 2));

        // Lengths 2 and 3 beside 8 and 7.
        RefTensor result = (RefTensor)Evaluator.Run(batched, new Dictionary<string, RefValue>
        {
            ["x"] = RefTensor.Floats(DType.F32, [2, 3], [1, 1, double.NaN, 1, 1, 1]),
            ["y"] = RefTensor.Floats(DType.F32, [2, 8], [.. Enumerable.Repeat(1.0, 15), double.NaN]),
            ["lengths_n"] = RefTensor.Ints(DType.I32, [2], [2, 3]),
            ["lengths_m"] = RefTensor.Ints(DType.I32, [2], [8, 7]),
        })[0];
        Assert.Equal([10, 10], result.F);
    }

    private static Graph Joined()
    {
        GraphBuilder g = new([new Constraint.Equal(Dim.Sym("n") + Dim.Sym("m"), 10)]);
        Value whole = g.Concat([g.In("x", "f32[n, 3]"), g.In("y", "f32[m, 3]")], axis: 0);
        return Ragged(g, g.Add(whole, g.Param("w", "f32[10, 3]")));
    }

    private static Graph Ragged(GraphBuilder g, Value y) => new()
    {
        Name = "single",
        Builder = g,
        Inputs = [.. GraphWalk.PostOrder([y]).OfType<Ir.Ops.Input>().Select(static i => i.Outputs[0])],
        Outputs = [new("y", y)],
        Ragged = ["n", "m"],
    };
}
