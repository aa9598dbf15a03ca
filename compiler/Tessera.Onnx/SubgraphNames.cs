using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Names inside the subgraphs of a node that is carried through.</summary>
internal static class SubgraphNames
{
    /// <summary>Names that the node's subgraphs use and do not make, in the order of their first use.</summary>
    public static IEnumerable<string> Captured(NodeProto node)
    {
        List<string> order = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (GraphProto graph in Of(node))
        {
            Captured(graph, new HashSet<string>(StringComparer.Ordinal), name =>
            {
                if (seen.Add(name))
                {
                    order.Add(name);
                }
            });
        }

        return order;
    }

    /// <summary>Names that a graph uses and does not make, in the order of their first use.</summary>
    public static IEnumerable<string> Captured(GraphProto graph)
    {
        List<string> order = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        Captured(graph, new HashSet<string>(StringComparer.Ordinal), name =>
        {
            if (seen.Add(name))
            {
                order.Add(name);
            }
        });
        return order;
    }

    /// <summary>Gives every name that the subgraphs make a fresh one, and captured ones the name that <paramref name="outer"/> says.</summary>
    public static void Rename(NodeProto node, IReadOnlyDictionary<string, string> outer, Func<string, string> fresh)
    {
        foreach (GraphProto graph in Of(node))
        {
            Rename(graph, new Dictionary<string, string>(outer, StringComparer.Ordinal), fresh);
        }
    }

    private static IEnumerable<GraphProto> Of(NodeProto node) => node.Attribute.SelectMany(static a => a.G is { } graph ? a.Graphs.Prepend(graph) : a.Graphs);

    private static void Captured(GraphProto graph, HashSet<string> known, Action<string> found)
    {
        known.UnionWith(graph.Input.Select(static i => i.Name));
        known.UnionWith(graph.Initializer.Select(static t => t.Name));
        known.UnionWith(graph.SparseInitializer.Select(static t => t.Values.Name));
        foreach (NodeProto node in graph.Node)
        {
            foreach (string name in node.Input.Where(n => n.Length > 0 && !known.Contains(n)))
            {
                found(name);
            }

            foreach (GraphProto inner in Of(node))
            {
                Captured(inner, new HashSet<string>(known, StringComparer.Ordinal), found);
            }

            known.UnionWith(node.Output);
        }

        foreach (ValueInfoProto output in graph.Output.Where(o => !known.Contains(o.Name)))
        {
            found(output.Name);
        }
    }

    private static void Rename(GraphProto graph, Dictionary<string, string> names, Func<string, string> fresh)
    {
        string Define(string name) => name.Length == 0 ? "" : names[name] = fresh(name);
        string Use(string name) => name.Length == 0 ? "" : names.GetValueOrDefault(name, name);
        foreach (ValueInfoProto input in graph.Input)
        {
            input.Name = Define(input.Name);
        }

        foreach (TensorProto tensor in graph.Initializer.Concat(graph.SparseInitializer.Select(static s => s.Values)))
        {
            tensor.Name = names.TryGetValue(tensor.Name, out string? input) && graph.Input.Any(i => i.Name == input) ? input : Define(tensor.Name);
        }

        foreach (NodeProto node in graph.Node)
        {
            node.Name = node.Name.Length > 0 ? fresh(node.Name) : "";
            Replace(node.Input, Use);
            Rename(node, names, fresh);
            Replace(node.Output, Define);
        }

        foreach (ValueInfoProto output in graph.Output)
        {
            output.Name = Use(output.Name);
        }

        Rename(graph.ValueInfo, graph.QuantizationAnnotation, Use);
    }

    // Types of the model from which the node came say nothing that is needed, words do.
    private static void Rename(IList<ValueInfoProto> values, IEnumerable<TensorAnnotation> annotations, Func<string, string> use)
    {
        ValueInfoProto[] said = [.. values.Select(Words.Of).OfType<ValueInfoProto>()];
        values.Clear();
        foreach (ValueInfoProto value in said)
        {
            value.Name = use(value.Name);
            values.Add(value);
        }

        foreach (TensorAnnotation annotation in annotations)
        {
            annotation.TensorName = use(annotation.TensorName);
            foreach (StringStringEntryProto parameter in annotation.QuantParameterTensorNames)
            {
                parameter.Value = use(parameter.Value);
            }
        }
    }

    private static void Replace(Google.Protobuf.Collections.RepeatedField<string> list, Func<string, string> map)
    {
        for (int i = 0; i < list.Count; i++)
        {
            list[i] = map(list[i]);
        }
    }
}
