using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Tests;

/// <summary>A value of the model: its name (empty for an input left out), element type and dims (numbers or symbols).</summary>
internal sealed record ModelValue(string Name, TensorElementType Type, params object[] Dims);

/// <summary>The interface of a model: its inputs in the node's order, constants among them or after them, and its outputs.</summary>
internal sealed record NodePorts(IReadOnlyList<ModelValue> Inputs, IReadOnlyList<RawTensor> Constants, IReadOnlyList<ModelValue> Outputs);

/// <summary>An ONNX model that holds a single node of <c>ai.tessera</c>, written by hand.</summary>
internal static class OneNodeModel
{
    public static byte[] Create(
        string op, IReadOnlyList<ModelValue> inputs, ModelValue output, params IReadOnlyList<(string Name, object Value)> attributes) =>
        Create(op, new NodePorts(inputs, [], [output]), attributes);

    public static byte[] Create(string op, NodePorts ports, params IReadOnlyList<(string Name, object Value)> attributes)
    {
        Proto node = new();
        foreach (string name in ports.Inputs.Select(static i => i.Name).Concat(ports.Constants.Select(static c => c.Name)))
            node.Text(1, name);
        foreach (ModelValue output in ports.Outputs)
            node.Text(2, output.Name);
        node.Text(3, "the_node").Text(4, op);
        foreach ((string name, object value) in attributes)
            node.Message(5, Attribute(name, value));
        node.Text(7, TesseraOps.Domain);
        Proto graph = new Proto().Message(1, node).Text(2, "graph");
        foreach (RawTensor constant in ports.Constants)
            graph.Message(5, Constant(constant));
        foreach (ModelValue input in ports.Inputs.Where(static i => i.Name.Length > 0))
            graph.Message(11, Value(input));
        foreach (ModelValue output in ports.Outputs)
            graph.Message(12, Value(output));
        return new Proto().Int(1, 10).Message(7, graph)
            .Message(8, new Proto().Text(1, "").Int(2, 21))
            .Message(8, new Proto().Text(1, TesseraOps.Domain).Int(2, 1)).ToArray();
    }

    private static Proto Constant(RawTensor tensor)
    {
        Proto proto = new();
        foreach (long dim in tensor.Shape)
            proto.Int(1, dim);
        return proto.Int(2, (long)tensor.Type).Text(8, tensor.Name).Raw(9, tensor.Bytes);
    }

    private static Proto Attribute(string name, object value)
    {
        Proto attribute = new Proto().Text(1, name);
        return value switch
        {
            float f => attribute.Float(2, f).Int(20, 1),
            string s => attribute.Text(4, s).Int(20, 3),
            _ => attribute.Int(3, Convert.ToInt64(value, null)).Int(20, 2),
        };
    }

    private static Proto Value(ModelValue value)
    {
        Proto shape = new();
        foreach (object dim in value.Dims)
            shape.Message(1, dim is string symbol ? new Proto().Text(2, symbol) : new Proto().Int(1, Convert.ToInt64(dim, null)));

        // Without dims the rank is open.
        Proto tensor = new Proto().Int(1, (long)value.Type);
        if (value.Dims.Length > 0)
            tensor.Message(2, shape);
        return new Proto().Text(1, value.Name).Message(2, new Proto().Message(1, tensor));
    }
}
