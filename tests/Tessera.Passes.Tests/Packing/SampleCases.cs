using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Testing;
using Xunit;

namespace Tessera.Passes.Tests.Packing;

/// <summary>The samples of all ops as models in which n is the size in question; what does not have it is a weight.</summary>
internal static class SampleCases
{
    public const string Size = "n";

    public static TheoryData<string> Ops => [.. OpRegistry.All.Where(static s => s.Samples is not null).Select(static s => s.Name)];

    /// <param name="op">The op.</param>
    /// <param name="all">Whether the first input stays one whatever its sizes.</param>
    public static IEnumerable<(OpSample Sample, Graph Graph)> Of(string op, bool all = false)
    {
        foreach (OpSample sample in OpRegistry.Find(op)!.Samples!())
        {
            Graph graph = SampleInputs.Graph(sample);
            if (graph.Inputs.Any(static v => v.Type is not TensorType { Shape: not null }) || graph.Inputs.Any(v => sample.Fixed.ContainsKey(Name(v))))
            {
                continue;
            }

            graph = WithWeights(graph, all);
            if (graph.Inputs.Count > 0 && graph.Outputs.All(static o => o.Value.Type is TensorType { Shape: not null }))
            {
                yield return (sample, graph);
            }
        }
    }

    public static Dictionary<string, RefTensor> Inputs(OpSample sample, Graph graph, long size, int seed) =>
        SampleInputs.For(sample, graph, Sizes(sample, size), seed).ToDictionary(static p => p.Key, static p => (RefTensor)p.Value);

    /// <summary>Results, or null where the op is not defined on the values.</summary>
    public static RefTensor[]? Run(OpSample sample, Graph graph, IReadOnlyDictionary<string, RefTensor> inputs)
    {
        try
        {
            return [.. Evaluator.Run(graph, inputs.ToDictionary(static p => p.Key, static p => (RefValue)p.Value), SampleInputs.Weights(sample, graph, Sizes(sample, 3))).Cast<RefTensor>()];
        }
        catch (TesseraException error) when (error.Code == "TSR0301")
        {
            return null;
        }
    }

    /// <summary>Largest difference over an element: what is taken apart may cast to f32 and back.</summary>
    public static double Tolerance(DType dtype) => dtype switch
    {
        DType.BF16 => 1e-2,
        DType.F16 => 1e-3,
        _ => 1e-6,
    };

    public static string Name(Value input) => ((Input)input.Producer).Name;

    private static Dictionary<string, long> Sizes(OpSample sample, long size) => new(sample.Sizes[0]) { [Size] = size };

    private static Graph WithWeights(Graph graph, bool all)
    {
        Dictionary<Value, Value> known = graph.Inputs.ToDictionary(
            static v => v, v => v.Shape.Symbols.Contains(Size) || !v.Shape.IsStatic || (all && ReferenceEquals(v, graph.Inputs[0])) ? v : graph.Builder.Parameter(Name(v), v.Type));
        IReadOnlyList<Value> roots = GraphWalk.Rebuild(graph.Roots, known, (op, operands) => graph.Builder.EmitAll(op.WithOperands(operands)));
        return graph.WithRoots(roots) with { Inputs = [.. graph.Inputs.Where(v => ReferenceEquals(known[v], v))] };
    }
}
