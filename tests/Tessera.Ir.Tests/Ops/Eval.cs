using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Ir.Tests.Ops;

/// <summary>Values of a graph under construction, by the reference.</summary>
internal static class Eval
{
    /// <summary>The value of <paramref name="result"/> with inputs given by name.</summary>
    public static RefTensor Of(Value result, params (string Name, RefTensor Value)[] inputs)
    {
        Graph graph = new()
        {
            Name = "test",
            Builder = new GraphBuilder(),
            Inputs = [.. GraphWalk.PostOrder([result]).OfType<Input>().Select(static i => i.Outputs[0])],
            Outputs = [new("y", result)],
        };
        return (RefTensor)Evaluator.Run(graph, inputs.ToDictionary(static i => i.Name, static i => (RefValue)i.Value))[0];
    }

    public static RefTensor I64(long[] dims, params long[] values) => RefTensor.Ints(DType.I64, dims, values);

    public static RefTensor F32(long[] dims, params double[] values) => RefTensor.Floats(DType.F32, dims, values);

    /// <summary>0, 1, 2, …</summary>
    public static RefTensor Iota(params long[] dims)
    {
        long count = dims.Aggregate(1L, static (a, b) => a * b);
        return RefTensor.Ints(DType.I64, dims, [.. Enumerable.Range(0, (int)count).Select(static i => (long)i)]);
    }
}
