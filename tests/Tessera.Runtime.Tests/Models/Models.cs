using Microsoft.ML.OnnxRuntime.Tensors;
using static Tessera.Runtime.Tests.Onnx;

namespace Tessera.Runtime.Tests;

/// <summary>The models that these tests run.</summary>
internal static class Models
{
    /// <summary>y = x, over any element type.</summary>
    public static byte[] Identity(TensorElementType type, params object[] dims) => Model(Graph(
        [Node("Identity", ["x"], ["y"])], [Value("x", type, dims)], [Value("y", type, dims)]));

    /// <summary>sum = a + b, product = a · b, over f32[n, 4] with one n for both.</summary>
    public static byte[] SumAndProduct() => Model(Graph(
        [Node("Add", ["a", "b"], ["sum"]), Node("Mul", ["a", "b"], ["product"])],
        [Value("a", TensorElementType.Float, "n", 4), Value("b", TensorElementType.Float, "n", 4)],
        [Value("sum", TensorElementType.Float, "n", 4), Value("product", TensorElementType.Float, "n", 4)]));

    /// <summary>y = the mean of all of x[n, m].</summary>
    public static byte[] Mean(TensorElementType type) => Model(Graph(
        [Node("ReduceMean", ["x"], ["y"])], [Value("x", type, "n", "m")], [Value("y", type, 1, 1)]));

    /// <summary>y = x + bias, f32[3], where bias is [1, 2, 3] unless the run gives it.</summary>
    public static byte[] WithDefault() => Model(Graph(
        [Node("Add", ["x", "bias"], ["y"])],
        [Value("x", TensorElementType.Float, 3), Value("bias", TensorElementType.Float, 3)],
        [Value("y", TensorElementType.Float, 3)],
        [Floats("bias", 1, 2, 3)]));

    /// <summary>y = x + 1 done <c>trips</c> times over, one operator at a time.</summary>
    public static byte[] CountingLoop()
    {
        var body = Graph(
            [Node("Identity", ["going_in"], ["going_out"]), Node("Add", ["v_in", "one"], ["v_out"])],
            [Value("i", TensorElementType.Int64), Value("going_in", TensorElementType.Bool), Value("v_in", TensorElementType.Int64)],
            [Value("going_out", TensorElementType.Bool), Value("v_out", TensorElementType.Int64)],
            [Int64Scalar("one", 1)]);
        return Model(Graph(
            [Node("Loop", ["trips", "going", "x"], ["y"], GraphAttribute("body", body))],
            [Value("trips", TensorElementType.Int64), Value("x", TensorElementType.Int64)],
            [Value("y", TensorElementType.Int64)],
            [BoolScalar("going", true)]));
    }

    /// <summary>y = x[index]; an index out of range fails inside ONNX Runtime.</summary>
    public static byte[] Gather() => Model(Graph(
        [Node("Gather", ["x", "index"], ["y"], IntAttribute("axis", 0))],
        [Value("x", TensorElementType.Float, "n"), Value("index", TensorElementType.Int64, "m")],
        [Value("y", TensorElementType.Float, "m")]));

    /// <summary>A sequence as output.</summary>
    public static byte[] SequenceOutput() => Model(Graph(
        [Node("SequenceConstruct", ["x"], ["s"])], [Value("x", TensorElementType.Float, "k")], [SequenceValue("s", TensorElementType.Float)]));

    /// <summary>A sequence as input.</summary>
    public static byte[] SequenceInput() => Model(Graph(
        [Node("SequenceLength", ["s"], ["y"])], [SequenceValue("s", TensorElementType.Float)], [Value("y", TensorElementType.Int64)]));

    /// <summary>
    /// Packed attention over one head of one value, with a body that tells itself from a kernel: it gives back v.
    /// </summary>
    public static byte[] PackedAttention(bool withBody)
    {
        string[] inputs = ["q", "k", "v", "cu_q", "cu_k"];
        var graph = Graph(
            [Node("PackedAttention", inputs, ["y"]).Text(7, "ai.tessera")],
            [
                .. inputs[..3].Select(name => Value(name, TensorElementType.Float, "n", 1, 1)),
                .. inputs[3..].Select(name => Value(name, TensorElementType.Int32, "b")),
            ],
            [Value("y", TensorElementType.Float, "n", 1, 1)]);
        var body = new Proto().Text(1, "PackedAttention").Text(10, "ai.tessera").Message(9, Opset("", 17)).Text(5, "y");
        foreach (var input in inputs)
            body.Text(4, input);
        body.Message(7, Node("Identity", ["v"], ["y"]));
        return Model(graph, withBody ? [body] : [], Opset("ai.tessera", 1));
    }
}
