using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;
using Kind = Tessera.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Tessera.Gpu.Bench;

/// <summary>A model of one node of ONNX Runtime's own (<c>com.microsoft</c>), all of whose inputs are the model's.</summary>
internal static class ContribModel
{
    /// <param name="op">The op.</param>
    /// <param name="inputs">Name, element type and rank of each input in the node's order; an empty name leaves one out.</param>
    /// <param name="output">Element type and rank of the output, which is called <c>y</c>.</param>
    /// <param name="attributes">Whole numbers, floats and texts by name.</param>
    public static byte[] Create(string op, IReadOnlyList<(string Name, DType Type, int Rank)> inputs, (DType Type, int Rank) output, params (string Name, object Value)[] attributes)
    {
        NodeProto node = new() { OpType = op, Domain = "com.microsoft", Name = "node", Output = { "y" } };
        node.Input.AddRange(inputs.Select(static i => i.Name));
        node.Attribute.AddRange(attributes.Select(static a => Attribute(a.Name, a.Value)));
        GraphProto graph = new() { Name = "baseline", Node = { node }, Output = { Info("y", output.Type, output.Rank) } };
        graph.Input.AddRange(inputs.Where(static i => i.Name.Length > 0).Select(static i => Info(i.Name, i.Type, i.Rank)));
        ModelProto model = new() { IrVersion = 10, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 21 });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        return model.ToByteArray();
    }

    private static AttributeProto Attribute(string name, object value) => value switch
    {
        float number => new() { Name = name, Type = Kind.Float, F = number },
        string text => new() { Name = name, Type = Kind.String, S = ByteString.CopyFromUtf8(text) },
        _ => new() { Name = name, Type = Kind.Int, I = Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture) },
    };

    private static ValueInfoProto Info(string name, DType type, int rank)
    {
        TensorShapeProto shape = new();
        for (int axis = 0; axis < rank; axis++)
        {
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = $"{name}_{axis}" });
        }

        return new() { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }
}
