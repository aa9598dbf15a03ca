using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Runtime.Tests;

/// <summary>Small ONNX models as bytes, written by hand so that these tests need no compiler.</summary>
internal static class Onnx
{
    /// <summary>A model of opset 17. A size is a number or a symbol's name.</summary>
    public static byte[] Model(Proto graph, IEnumerable<Proto>? functions = null, params Proto[] opsets) => new Proto()
        .Int(1, 8)
        .Text(2, "tessera-tests")
        .Message(7, graph)
        .Messages(8, [Opset("", 17), .. opsets])
        .Message(14, new Proto().Text(1, "purpose").Text(2, "test"))
        .Messages(25, functions ?? [])
        .ToArray();

    public static Proto Opset(string domain, long version) => new Proto().Text(1, domain).Int(2, version);

    public static Proto Graph(IEnumerable<Proto> nodes, IEnumerable<Proto> inputs, IEnumerable<Proto> outputs, IEnumerable<Proto>? initializers = null)
        => new Proto().Messages(1, nodes).Text(2, "g").Messages(5, initializers ?? []).Messages(11, inputs).Messages(12, outputs);

    public static Proto Node(string op, string[] inputs, string[] outputs, params Proto[] attributes)
    {
        var node = new Proto();
        foreach (var input in inputs)
            node.Text(1, input);
        foreach (var output in outputs)
            node.Text(2, output);
        return node.Text(3, op + "_" + outputs[0]).Text(4, op).Messages(5, attributes);
    }

    public static Proto GraphAttribute(string name, Proto graph) => new Proto().Text(1, name).Message(6, graph).Int(20, 5);

    public static Proto IntAttribute(string name, long value) => new Proto().Text(1, name).Int(3, value).Int(20, 2);

    public static Proto Value(string name, TensorElementType type, params object[] dims) => new Proto()
        .Text(1, name)
        .Message(2, new Proto().Message(1, TensorType(type, dims)));

    public static Proto SequenceValue(string name, TensorElementType type) => new Proto()
        .Text(1, name)
        .Message(2, new Proto().Message(4, new Proto().Message(1, new Proto().Message(1, TensorType(type, "k")))));

    public static Proto Int64Scalar(string name, long value) => new Proto().Int(2, 7).Text(8, name).Bytes(9, BitConverter.GetBytes(value));

    public static Proto BoolScalar(string name, bool value) => new Proto().Int(2, 9).Text(8, name).Bytes(9, [(byte)(value ? 1 : 0)]);

    public static Proto Floats(string name, params float[] values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        return new Proto().Int(1, values.Length).Int(2, 1).Text(8, name).Bytes(9, bytes);
    }

    private static Proto TensorType(TensorElementType type, params object[] dims) => new Proto()
        .Int(1, (int)type)
        .Message(2, new Proto().Messages(1, dims.Select(dim => dim is string symbol ? new Proto().Text(2, symbol) : new Proto().Int(1, Convert.ToInt64(dim)))));
}
