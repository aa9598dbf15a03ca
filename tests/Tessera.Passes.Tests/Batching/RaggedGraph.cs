using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Tests.Batching;

/// <summary>Graphs of one example that is ragged in n.</summary>
internal static class RaggedGraph
{
    /// <param name="build">Makes the result from the input x.</param>
    /// <param name="least">What n is at least.</param>
    /// <param name="type">Type of x.</param>
    public static Graph Of(Func<GraphBuilder, Value, Value> build, long least, string type)
    {
        GraphBuilder g = new([new Constraint.GreaterEqual(Dim.Sym("n"), least)]);
        Value x = g.In("x", type);
        Value y = build(g, x);
        Value[] inputs = [.. GraphWalk.PostOrder([x, y]).OfType<Input>().Select(static i => i.Outputs[0])];
        return new Graph
        {
            Name = "single",
            Builder = g,
            Inputs = inputs,
            Outputs = [new("y", y)],
            Ragged = ["n"],
            Weights = GraphWalk.PostOrder([y]).OfType<Parameter>().ToDictionary(static p => p.Path, Weight),
        };
    }

    private static WeightSource Weight(Parameter parameter)
    {
        long[] dims = parameter.Outputs[0].Shape.Evaluate(static _ => 0);
        float[] values = [.. Enumerable.Range(0, (int)dims.Aggregate(1L, static (a, b) => a * b)).Select(static i => (i * 0.37f) - 1)];
        return MemoryWeightSource.Of<float>(values, dims);
    }
}
