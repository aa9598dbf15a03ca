using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>What a model says of a node: its name, words and metadata, those of its attributes and of its subgraphs.</summary>
/// <param name="Said">A node with nothing else.</param>
internal sealed record NodeRemark(NodeProto Said) : Remark
{
    /// <summary>The remark on a node that is to be called so; an empty name is none.</summary>
    public static NodeRemark Of(NodeProto node, string name)
    {
        NodeProto said = new();
        if (name.Length > 0)
        {
            said.Name = name;
        }

        if (node.DocString.Length > 0)
        {
            said.DocString = node.DocString;
        }

        said.MetadataProps.AddRange(Words.Foreign(node.MetadataProps));
        said.Attribute.AddRange(node.Attribute.Select(Of).OfType<AttributeProto>());
        if (node.DeviceConfigurations.SelectMany(static d => d.ShardingSpec).All(s => node.Output.Contains(s.TensorName)))
        {
            said.DeviceConfigurations.AddRange(node.DeviceConfigurations);
        }

        return new NodeRemark(said);
    }

    private static AttributeProto? Of(AttributeProto attribute)
    {
        AttributeProto said = new() { Name = attribute.Name };
        if (attribute.DocString.Length > 0)
        {
            said.DocString = attribute.DocString;
        }

        if (attribute.G is { } graph)
        {
            said.G = Words.Of(graph);
        }

        return said.HasDocString || said.G is not null ? said : null;
    }

    /// <summary>What is said of the subgraph of an attribute, or null.</summary>
    public GraphProto? Subgraph(string attribute) => Said.Attribute.FirstOrDefault(a => a.Name == attribute)?.G;

    /// <summary>Says it of the node that is written now. Its results have their names.</summary>
    public void Write(NodeProto node)
    {
        if (Said.HasDocString)
        {
            node.DocString = Said.DocString;
        }

        node.MetadataProps.AddRange(Said.MetadataProps);
        foreach (AttributeProto said in Said.Attribute.Where(static a => a.HasDocString))
        {
            if (node.Attribute.FirstOrDefault(a => a.Name == said.Name) is { } written)
            {
                written.DocString = said.DocString;
            }
        }

        WriteDevices(node);
    }

    /// <summary>Says where the node is to run: only of results that have their names still.</summary>
    public void WriteDevices(NodeProto node)
    {
        if (Said.DeviceConfigurations.SelectMany(static d => d.ShardingSpec).All(s => node.Output.Contains(s.TensorName)))
        {
            node.DeviceConfigurations.AddRange(Said.DeviceConfigurations);
        }
    }
}
