using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Replay;

/// <summary>Generated values for the inputs and parameters of a graph at given sizes.</summary>
public static class GraphInputs
{
    /// <summary>Values by input name; offsets of segments are made to fit what they cut.</summary>
    public static Dictionary<string, RefValue> Generate(Graph graph, IReadOnlyDictionary<string, long> sizes, int seed, ValueKind kind, ValueKind? integers = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ValueGenerator generator = new(seed, kind, integers);
        Dictionary<Value, Dim> offsets = Offsets(graph);
        HashSet<Value> ordered = Ordered(graph);
        Dictionary<string, RefValue> values = new(StringComparer.Ordinal);
        foreach (Value input in graph.Inputs)
        {
            values[((Input)input.Producer).Name] = offsets.TryGetValue(input, out Dim? tokens) && input.Type is TensorType { Shape: [var size] } type
                ? generator.Offsets(type.DType, size.Evaluate(Lookup) - 1, tokens.Evaluate(Lookup))
                : ordered.Contains(input) ? generator.NextLines(input.Type, Lookup)
                : generator.Next(input.Type, Lookup);
        }

        return values;

        long Lookup(string symbol) => sizes.GetValueOrDefault(symbol, 3);
    }

    /// <summary>Values by path of the parameters that the graph reaches and that <paramref name="graph"/> has no bytes for.</summary>
    public static Dictionary<string, RefValue> Weights(Graph graph, int seed, ValueKind kind, ValueKind? integers = null)
    {
        Dictionary<string, RefValue> weights = new(StringComparer.Ordinal);
        ValueGenerator generator = new(seed, kind, integers);
        foreach (Parameter parameter in graph.PostOrder().OfType<Parameter>().Where(p => !graph.Weights.ContainsKey(p.Path)).OrderBy(static p => p.Path, StringComparer.Ordinal))
        {
            weights[parameter.Path] = generator.Next(parameter.Type, static _ => 0);
        }

        return weights;
    }

    /// <summary>Names of sizes that occur in the types of the graph's inputs, and in all its values.</summary>
    public static IEnumerable<string> Symbols(Graph graph) => graph.Inputs
        .SelectMany(static v => v.Type is TensorType { Shape: { } shape } ? shape.Symbols : [])
        .Distinct(StringComparer.Ordinal);

    // Inputs that something puts in order.
    private static HashSet<Value> Ordered(Graph graph)
    {
        Value[] keys = [.. graph.PostOrder().Where(static op => op is TopK or DynamicTopK or ArgOp or Route).Select(static op => op.Operands[0]!)];
        return [.. GraphWalk.PostOrder(keys).OfType<Input>().Select(static op => op.Outputs[0])];
    }

    private static Dictionary<Value, Dim> Offsets(Graph graph)
    {
        Dictionary<Value, Dim> offsets = [];
        foreach (Op op in graph.PostOrder())
        {
            for (int i = 0; i < op.Operands.Length; i++)
            {
                if (op.Operands[i] is { Op: Input } operand && op.RowsCutBy(i) is { } rows)
                {
                    offsets.TryAdd(operand, rows);
                }
            }
        }

        return offsets;
    }
}
