using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Attributes of a function's nodes that refer to those of the call.</summary>
internal static class AttributeReferences
{
    /// <summary>The node with references replaced by what was given; those to an attribute that was not given are left out.</summary>
    public static NodeProto Resolve(NodeProto node, IReadOnlyDictionary<string, AttributeProto> given)
    {
        if (!node.Attribute.Any(Refers))
        {
            return node;
        }

        NodeProto resolved = node.Clone();
        Replace(resolved, given);
        return resolved;
    }

    private static bool Refers(AttributeProto attribute) => attribute.RefAttrName.Length > 0
        || Subgraphs(attribute).Any(static g => g.Node.Any(static n => n.Attribute.Any(Refers)));

    private static IEnumerable<GraphProto> Subgraphs(AttributeProto attribute) => attribute.G is { } graph ? attribute.Graphs.Prepend(graph) : attribute.Graphs;

    private static void Replace(NodeProto node, IReadOnlyDictionary<string, AttributeProto> given)
    {
        for (int i = node.Attribute.Count - 1; i >= 0; i--)
        {
            AttributeProto attribute = node.Attribute[i];
            if (attribute.RefAttrName.Length == 0)
            {
                foreach (NodeProto inner in Subgraphs(attribute).SelectMany(static g => g.Node))
                {
                    Replace(inner, given);
                }
            }
            else if (given.TryGetValue(attribute.RefAttrName, out AttributeProto? value))
            {
                node.Attribute[i] = value.Clone();
                node.Attribute[i].Name = attribute.Name;
            }
            else
            {
                node.Attribute.RemoveAt(i);
            }
        }
    }
}
