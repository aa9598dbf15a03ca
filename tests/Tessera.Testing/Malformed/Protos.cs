using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;
using Kind = Tessera.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Tessera.Testing.Malformed;

/// <summary>Models for tests, in few words.</summary>
public static class Protos
{
    /// <summary>A model of nodes from <c>x: f32[2, 3]</c> to <c>y</c>, of which nothing is declared.</summary>
    public static ModelProto Model(params IEnumerable<NodeProto> nodes)
    {
        GraphProto graph = new() { Name = "g" };
        graph.Input.Add(Info("x", DType.F32, 2, 3));
        graph.Output.Add(new ValueInfoProto { Name = "y" });
        graph.Node.AddRange(nodes);
        ModelProto model = new() { IrVersion = 10, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 21 });
        return model;
    }

    public static ModelProto With(this ModelProto model, Action<ModelProto> change)
    {
        change(model);
        return model;
    }

    public static ValueInfoProto Info(string name, DType dtype, params IEnumerable<long> dims)
    {
        TypeProto.Types.Tensor tensor = new() { ElemType = (int)dtype, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.AddRange(dims.Select(static d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    /// <summary>A node by its inputs and results, each as names with blanks between.</summary>
    public static NodeProto Node(string type, string inputs, string outputs, params IEnumerable<AttributeProto> attributes)
    {
        NodeProto node = new() { OpType = type, Name = $"the_{type}" };
        node.Input.AddRange(inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static n => n == "_" ? "" : n));
        node.Output.AddRange(outputs.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        node.Attribute.AddRange(attributes);
        return node;
    }

    public static NodeProto Call(string function, string inputs, string outputs)
    {
        NodeProto node = Node(function, inputs, outputs);
        node.Domain = "local";
        return node;
    }

    public static FunctionProto Function(string name, params IEnumerable<NodeProto> nodes)
    {
        FunctionProto function = new() { Domain = "local", Name = name, Input = { "a" }, Output = { "b" } };
        function.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 21 });
        function.Node.AddRange(nodes);
        return function;
    }

    public static TensorProto Tensor(string name, DType dtype, long[] dims, params byte[] data) =>
        new() { Name = name, DataType = (int)dtype, Dims = { dims }, RawData = ByteString.CopyFrom(data) };

    public static TensorProto Longs(string name, params long[] values) =>
        new() { Name = name, DataType = (int)DType.I64, Dims = { values.Length }, Int64Data = { values } };

    public static TensorProto Scalar(string name, long value) => new() { Name = name, DataType = (int)DType.I64, Int64Data = { value } };

    public static TensorProto External(string name, long[] dims, params (string Key, string Value)[] entries)
    {
        TensorProto tensor = new() { Name = name, DataType = (int)DType.F32, Dims = { dims }, DataLocation = TensorProto.Types.DataLocation.External };
        tensor.ExternalData.AddRange(entries.Select(static e => new StringStringEntryProto { Key = e.Key, Value = e.Value }));
        return tensor;
    }

    public static NodeProto Constant(string output, TensorProto tensor) => Node("Constant", "", output, new AttributeProto { Name = "value", Type = Kind.Tensor, T = tensor });

    public static AttributeProto Ints(string name, params long[] values) => new() { Name = name, Type = Kind.Ints, Ints = { values } };

    public static AttributeProto Int(string name, long value) => new() { Name = name, Type = Kind.Int, I = value };

    public static AttributeProto Text(string name, string value) => new() { Name = name, Type = Kind.String, S = ByteString.CopyFromUtf8(value) };

    public static AttributeProto Body(string name, GraphProto graph) => new() { Name = name, Type = Kind.Graph, G = graph };

    /// <summary>A subgraph without inputs that makes <c>r</c>.</summary>
    public static GraphProto Branch(params IEnumerable<NodeProto> nodes)
    {
        GraphProto graph = new() { Name = "branch" };
        graph.Node.AddRange(nodes);
        graph.Output.Add(new ValueInfoProto { Name = "r" });
        return graph;
    }
}
