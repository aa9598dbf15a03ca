using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Tensors of what is carried through as bytes: external data is taken in, since the model may be written elsewhere.</summary>
internal static class ExternalTensors
{
    public static void Inline(GraphProto? graph, ExternalDataReader? external)
    {
        if (graph is null)
        {
            return;
        }

        foreach (TensorProto tensor in graph.Initializer)
        {
            Inline(tensor, external);
        }

        foreach (SparseTensorProto tensor in graph.SparseInitializer)
        {
            Inline(tensor, external);
        }

        foreach (NodeProto node in graph.Node)
        {
            Inline(node, external);
        }
    }

    public static void Inline(NodeProto node, ExternalDataReader? external)
    {
        foreach (AttributeProto attribute in node.Attribute)
        {
            foreach (TensorProto tensor in attribute.T is { } one ? attribute.Tensors.Prepend(one) : attribute.Tensors)
            {
                Inline(tensor, external);
            }

            foreach (SparseTensorProto tensor in attribute.SparseTensor is { } one ? attribute.SparseTensors.Prepend(one) : attribute.SparseTensors)
            {
                Inline(tensor, external);
            }

            foreach (GraphProto graph in attribute.G is { } one ? attribute.Graphs.Prepend(one) : attribute.Graphs)
            {
                Inline(graph, external);
            }
        }
    }

    private static void Inline(SparseTensorProto tensor, ExternalDataReader? external)
    {
        Inline(tensor.Values, external);
        Inline(tensor.Indices, external);
    }

    private static void Inline(TensorProto? tensor, ExternalDataReader? external)
    {
        if (tensor?.DataLocation == TensorProto.Types.DataLocation.External)
        {
            WeightSource source = TensorReader.Read(tensor, external);
            tensor.RawData = UnsafeByteOperations.UnsafeWrap(source.ToArray());
            tensor.ClearDataLocation();
            tensor.ExternalData.Clear();
        }
    }
}
