using Google.Protobuf.Collections;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>The words among the fields of graphs, values and tensors: documentation, metadata, what axes denote.</summary>
internal static class Words
{
    /// <summary>Pairs that are not our own.</summary>
    public static IEnumerable<StringStringEntryProto> Foreign(IEnumerable<StringStringEntryProto> pairs) =>
        pairs.Where(static p => !p.Key.StartsWith(ModelMetadata.Prefix, StringComparison.Ordinal));

    /// <summary>A graph with its name, its words and those of its interface, and the types that it claims of its results.</summary>
    public static GraphProto Of(GraphProto graph)
    {
        GraphProto said = new() { Name = graph.Name };
        if (graph.DocString.Length > 0)
        {
            said.DocString = graph.DocString;
        }

        said.MetadataProps.AddRange(Foreign(graph.MetadataProps));
        said.Input.AddRange(graph.Input.Select(Named));
        said.Output.AddRange(graph.Output.Select(Typed));
        said.QuantizationAnnotation.AddRange(graph.QuantizationAnnotation);
        return said;
    }

    /// <summary>Words of a value; null where there are none.</summary>
    public static ValueInfoProto? Of(ValueInfoProto value) =>
        value.DocString.Length > 0 || value.MetadataProps.Count > 0 || Denotes(value.Type) ? Named(value) : null;

    /// <summary>Words of a tensor under its name; null where there are none.</summary>
    public static TensorProto? Of(TensorProto tensor)
    {
        if (tensor.DocString.Length == 0 && tensor.MetadataProps.Count == 0)
        {
            return null;
        }

        TensorProto said = new() { Name = tensor.Name };
        if (tensor.DocString.Length > 0)
        {
            said.DocString = tensor.DocString;
        }

        said.MetadataProps.AddRange(tensor.MetadataProps);
        return said;
    }

    /// <summary>Says of a value what was said of it.</summary>
    public static void Write(ValueInfoProto said, ValueInfoProto value)
    {
        if (said.HasDocString)
        {
            value.DocString = said.DocString;
        }

        value.MetadataProps.AddRange(said.MetadataProps);
        if (said.Type is { } denotes && value.Type is { } type)
        {
            Write(denotes, type);
        }
    }

    /// <summary>Says of a graph what was said of it, but for its interface. What is said of a tensor that it no longer has is taken out later.</summary>
    public static void Write(GraphProto said, GraphProto graph)
    {
        if (said.HasDocString)
        {
            graph.DocString = said.DocString;
        }

        graph.MetadataProps.AddRange(said.MetadataProps);
        graph.QuantizationAnnotation.AddRange(said.QuantizationAnnotation);
    }

    /// <summary>Says of a tensor what was said of it.</summary>
    public static void Write(TensorProto said, TensorProto tensor)
    {
        if (said.HasDocString)
        {
            tensor.DocString = said.DocString;
        }

        tensor.MetadataProps.AddRange(said.MetadataProps);
    }

    private static void Write(TypeProto said, TypeProto type)
    {
        if (said.HasDenotation)
        {
            type.Denotation = said.Denotation;
        }

        RepeatedField<TensorShapeProto.Types.Dimension>? from = said.TensorType?.Shape?.Dim;
        RepeatedField<TensorShapeProto.Types.Dimension>? to = type.TensorType?.Shape?.Dim;
        for (int i = 0; from is not null && to?.Count == from.Count && i < from.Count; i++)
        {
            if (from[i].HasDenotation)
            {
                to[i].Denotation = from[i].Denotation;
            }
        }
    }

    private static ValueInfoProto Named(ValueInfoProto value)
    {
        ValueInfoProto said = new() { Name = value.Name };
        if (value.DocString.Length > 0)
        {
            said.DocString = value.DocString;
        }

        said.MetadataProps.AddRange(value.MetadataProps);
        if (Denotes(value.Type))
        {
            said.Type = value.Type.Clone();
        }

        return said;
    }

    private static ValueInfoProto Typed(ValueInfoProto value)
    {
        ValueInfoProto said = Named(value);
        said.Type = value.Type?.Clone();
        return said;
    }

    private static bool Denotes(TypeProto? type) =>
        type is not null && (type.Denotation.Length > 0 || type.TensorType?.Shape?.Dim.Any(static d => d.Denotation.Length > 0) == true);
}
