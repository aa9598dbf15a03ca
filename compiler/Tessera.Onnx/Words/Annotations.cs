using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>What graphs say of how their tensors are quantised: each annotation names a tensor, and tensors that hold its parameters.</summary>
internal static class Annotations
{
    /// <summary>All tensors that the annotations of a graph speak of.</summary>
    public static IEnumerable<string> Names(GraphProto graph) => graph.QuantizationAnnotation.SelectMany(static a => Parameters(a).Prepend(a.TensorName));

    /// <summary>Tensors that hold parameters of tensors which the graph has, in order.</summary>
    public static IReadOnlyList<string> Parameters(GraphProto graph)
    {
        HashSet<string> defined = Defined(graph);
        return [.. graph.QuantizationAnnotation.Where(a => defined.Contains(a.TensorName)).SelectMany(Parameters).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Takes out annotations of a graph and of those in it that speak of a tensor which is not there any more.</summary>
    public static void Prune(GraphProto graph) => Prune(graph, new HashSet<string>(StringComparer.Ordinal));

    private static void Prune(GraphProto graph, HashSet<string> outer)
    {
        GraphProto[] inner = [.. graph.Node.SelectMany(static n => n.Attribute).SelectMany(static a => a.G is { } one ? a.Graphs.Prepend(one) : a.Graphs)];
        if (graph.QuantizationAnnotation.Count == 0 && inner.Length == 0)
        {
            return;
        }

        HashSet<string> defined = Defined(graph);
        for (int i = graph.QuantizationAnnotation.Count - 1; i >= 0; i--)
        {
            TensorAnnotation annotation = graph.QuantizationAnnotation[i];
            if (!defined.Contains(annotation.TensorName) || !Parameters(annotation).All(p => defined.Contains(p) || outer.Contains(p)))
            {
                graph.QuantizationAnnotation.RemoveAt(i);
            }
        }

        defined.UnionWith(outer);
        foreach (GraphProto subgraph in inner)
        {
            Prune(subgraph, defined);
        }
    }

    private static IEnumerable<string> Parameters(TensorAnnotation annotation) => annotation.QuantParameterTensorNames.Select(static p => p.Value);

    /// <summary>Names that a graph itself gives: to inputs, weights and results of nodes.</summary>
    public static HashSet<string> Defined(GraphProto graph) =>
    [
        .. graph.Input.Select(static i => i.Name), .. graph.Initializer.Select(static t => t.Name),
        .. graph.SparseInitializer.Select(static t => t.Values.Name), .. graph.Node.SelectMany(static n => n.Output),
    ];
}
