using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>What graphs and subgraphs are read by.</summary>
internal static class GraphReading
{
    public static Value Input(ValueInfoProto info, ReadScope scope)
    {
        Value value = scope.Builder.Emit(new Input { Name = info.Name, Type = TypeReader.Read(info.Type, info.Name) });
        scope.Bind(info.Name, new ReadValue(value));
        return value;
    }

    /// <summary>Initializers as weights, then nodes in their order.</summary>
    public static void Body(GraphProto graph, ReadScope scope, NodeReader nodes, ExternalDataReader? external)
    {
        foreach (TensorProto tensor in graph.Initializer)
        {
            scope.Bind(tensor.Name, Weight(tensor, scope, external));
        }

        foreach (NodeProto node in graph.Node)
        {
            nodes.Read(node, scope);
        }
    }

    private static ReadValue Weight(TensorProto tensor, ReadScope scope, ExternalDataReader? external)
    {
        if ((DType)tensor.DataType == DType.String)
        {
            return new ReadValue(scope.Builder.Emit(new Constant { Value = AttributeReader.Content(tensor) }));
        }

        WeightSource source = TensorReader.Read(tensor, external);
        scope.Weights[tensor.Name] = source;
        Value value = scope.Builder.Emit(new Parameter { Path = tensor.Name, Type = new TensorType(source.DType, Shape.Of([.. source.Dims])) });
        bool isSmall = source.DType is DType.I64 or DType.I32 && source.Count <= 64;
        return new ReadValue(value, isSmall ? [.. Ir.Evaluate.RefTensors.FromSource(source).I.Select(Dim.Const)] : null);
    }
}
