using System.Globalization;
using System.Text;
using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Testing;

/// <summary>A model as text to be read and compared: every node, type and attribute; of weights, type and sizes.</summary>
public static class OnnxText
{
    public static string Print(ModelProto model)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"ir {model.IrVersion}; {string.Join(", ", model.OpsetImport.Select(static o => $"{Domain(o.Domain)} {o.Version}"))}\n");
        foreach (StringStringEntryProto entry in model.MetadataProps.Where(static e => !e.Key.EndsWith(".sha256", StringComparison.Ordinal)))
        {
            text.Append(CultureInfo.InvariantCulture, $"meta {entry.Key} = {entry.Value.ReplaceLineEndings("; ")}\n");
        }

        Write(text, model.Graph, "");
        foreach (FunctionProto function in model.Functions)
        {
            text.Append(CultureInfo.InvariantCulture, $"function {Domain(function.Domain)}:{function.Name}({string.Join(", ", function.Input)}) -> {string.Join(", ", function.Output)}\n");
            foreach (NodeProto node in function.Node)
            {
                Write(text, node, "  ");
            }
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, GraphProto graph, string indent)
    {
        text.Append(CultureInfo.InvariantCulture, $"{indent}graph {graph.Name}\n");
        foreach (ValueInfoProto input in graph.Input)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}  in {input.Name}: {Type(input.Type)}\n");
        }

        foreach (TensorProto weight in graph.Initializer)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}  weight {weight.Name}: {((DType)weight.DataType).Text()}[{string.Join(", ", weight.Dims)}]\n");
        }

        foreach (NodeProto node in graph.Node)
        {
            Write(text, node, indent + "  ");
        }

        foreach (ValueInfoProto output in graph.Output)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}  out {output.Name}: {Type(output.Type)}\n");
        }
    }

    private static void Write(StringBuilder text, NodeProto node, string indent)
    {
        string attributes = string.Join(", ", node.Attribute.Where(static a => a.G is null).Select(static a => $"{a.Name} = {Attribute(a)}"));
        text.Append(CultureInfo.InvariantCulture, $"{indent}{string.Join(", ", node.Output)} = {(node.Domain.Length == 0 ? "" : node.Domain + ":")}{node.OpType}({string.Join(", ", node.Input)})");
        text.Append(attributes.Length == 0 ? "\n" : $" {{{attributes}}}\n");
        foreach (AttributeProto attribute in node.Attribute.Where(static a => a.G is not null))
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}  {attribute.Name}:\n");
            Write(text, attribute.G, indent + "  ");
        }
    }

    private static string Attribute(AttributeProto attribute) => attribute.Type switch
    {
        AttributeProto.Types.AttributeType.Int => attribute.I.ToString(CultureInfo.InvariantCulture),
        AttributeProto.Types.AttributeType.Float => attribute.F.ToString("R", CultureInfo.InvariantCulture),
        AttributeProto.Types.AttributeType.String => $"'{attribute.S.ToStringUtf8()}'",
        AttributeProto.Types.AttributeType.Ints => $"[{string.Join(", ", attribute.Ints)}]",
        AttributeProto.Types.AttributeType.Floats => $"[{string.Join(", ", attribute.Floats.Select(static f => f.ToString("R", CultureInfo.InvariantCulture)))}]",
        AttributeProto.Types.AttributeType.Tensor => $"{((DType)attribute.T.DataType).Text()}[{string.Join(", ", attribute.T.Dims)}] {Convert.ToHexStringLower(attribute.T.RawData.Span[..Math.Min(64, attribute.T.RawData.Length)])}",
        _ => attribute.Type.ToString(),
    };

    private static string Type(TypeProto type) => type.ValueCase == TypeProto.ValueOneofCase.TensorType
        ? $"{((DType)type.TensorType.ElemType).Text()}[{string.Join(", ", type.TensorType.Shape.Dim.Select(static d => d.HasDimParam ? d.DimParam : d.HasDimValue ? $"{d.DimValue}" : "?"))}]"
        : type.ValueCase.ToString();

    private static string Domain(string domain) => domain.Length == 0 ? "ai.onnx" : domain;
}
