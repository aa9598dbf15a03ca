using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>
/// Layout changes of weights (transpose, reshape, cast, …) and factors along an axis become weights of their own whose bytes are composed lazily:
/// nothing is materialised. A weight that is also used as it stands is left alone, since the file would hold it twice.
/// </summary>
public static class WeightFolding
{
    /// <summary>The graph with such weights; those they are made of stay bound beside them.</summary>
    public static Graph Fold(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Dictionary<Value, FoldedWeight> folded = Foldable(graph);
        HashSet<Value> wanted = Wanted(graph, folded);
        if (wanted.Count == 0)
        {
            return graph;
        }

        Dictionary<string, WeightSource> weights = new(graph.Weights, StringComparer.Ordinal);
        Dictionary<Value, Value> known = graph.Inputs.ToDictionary(static v => v);
        foreach (Value value in wanted.OrderBy(static v => v.Id))
        {
            FoldedWeight weight = folded[value];
            string path = Unique(weight.Path, weights);
            weights.Add(path, weight.Source);
            known.Add(value, graph.Builder.Emit(new Parameter { Path = path, Type = value.Type }, value.Source));
        }

        return graph.WithRoots(new GraphRebuild(graph.Builder).Run(graph.Roots, known, static (_, _) => null)) with { Weights = weights };
    }

    private static Dictionary<Value, FoldedWeight> Foldable(Graph graph)
    {
        Dictionary<Value, FoldedWeight> folded = [];
        foreach (Op op in graph.PostOrder())
        {
            if (op is Parameter parameter)
            {
                if (graph.Weights.TryGetValue(parameter.Path, out WeightSource? source))
                {
                    folded.Add(op.Outputs[0], new FoldedWeight(parameter.Path, source, [op.Outputs[0]]));
                }
            }
            else if (op is Mul { A: var weight, B.Op: Constant factors } && folded.TryGetValue(weight, out FoldedWeight? plain)
                && WeightLayout.TryScale(plain, factors, op.Outputs[0].Shape) is { } scaled)
            {
                folded.Add(op.Outputs[0], scaled);
            }
            else if (op.Operands.Length > 0 && op.Operands.All(v => v is not null && folded.ContainsKey(v))
                && WeightLayout.TryFold(op, [.. op.Operands.Select(v => folded[v!])]) is { } result)
            {
                folded.Add(op.Outputs[0], result);
            }
        }

        return folded;
    }

    // The outermost folded values, but for those with a leaf that something else uses as it stands and in another layout only.
    private static HashSet<Value> Wanted(Graph graph, Dictionary<Value, FoldedWeight> folded)
    {
        HashSet<Value> used = [];
        foreach (Value? operand in graph.PostOrder().Where(op => !folded.ContainsKey(op.Outputs[0])).SelectMany(static op => op.Operands))
        {
            if (operand is not null && folded.ContainsKey(operand))
            {
                used.Add(operand);
            }
        }

        used.UnionWith(graph.Roots.Where(folded.ContainsKey));
        return [.. used.Where(v => v.Producer is not Parameter && (folded[v].IsComputed || !folded[v].Leaves.Any(used.Contains)))];
    }

    private static string Unique(string path, Dictionary<string, WeightSource> taken)
    {
        string name = path;
        for (int i = 1; taken.ContainsKey(name); i++)
        {
            name = $"{path}.{i}";
        }

        return name;
    }
}
