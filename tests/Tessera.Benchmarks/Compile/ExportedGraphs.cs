using System.Runtime.InteropServices;
using Google.Protobuf;
using Tessera.Onnx.Proto;
using Kind = Tessera.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Tessera.Benchmarks.Compile;

/// <summary>Models of many small nodes in the shapes that exporters write.</summary>
internal sealed class ExportedGraphs
{
    private const int Width = 16;
    private const int Heads = 2;
    private readonly GraphProto _graph = new() { Name = "exported" };
    private int _next;

    public static IReadOnlyDictionary<string, Func<int, ModelProto>> All { get; } = new Dictionary<string, Func<int, ModelProto>>
    {
        ["attention blocks"] = static nodes => new ExportedGraphs().Blocks(nodes),
        ["chain of elementwise"] = static nodes => new ExportedGraphs().Chain(nodes),
        ["wide"] = static nodes => new ExportedGraphs().Wide(nodes),
        ["many initializers"] = static nodes => new ExportedGraphs().Layers(nodes),
    };

    private int Count => _graph.Node.Count;

    private ModelProto Blocks(int nodes)
    {
        string x = Begin();
        while (Count < nodes)
        {
            x = Node("Add", x, Attention(LayerNorm(x)));
            x = Node("Add", x, Mlp(LayerNorm(x)));
        }

        return End(x);
    }

    private ModelProto Chain(int nodes)
    {
        string x = Begin();
        string[] ops = ["Sigmoid", "Tanh", "Relu", "Sin", "Abs"];
        while (Count < nodes)
        {
            x = Count % 2 == 0 ? Node("Add", x, Weight(Width)) : Node(ops[Count / 2 % ops.Length], x);
        }

        return End(x);
    }

    private ModelProto Wide(int nodes)
    {
        string x = Begin();
        List<string> parts = [];
        while (Count < nodes - (nodes / 64))
        {
            parts.Add(Node("Tanh", Node("Mul", Node("Add", x, Weight(Width)), Weight(Width))));
        }

        string[] sums = [.. parts.Chunk(64).Select(chunk => Node("Concat", [Int("axis", 1)], chunk))];
        return End(Node("Concat", [Int("axis", 1)], sums));
    }

    private ModelProto Layers(int nodes)
    {
        string x = Begin();
        while (Count < nodes)
        {
            x = Node("Add", Node("MatMul", x, Weight(Width, Width)), Weight(Width));
        }

        return End(x);
    }

    private string LayerNorm(string x)
    {
        string centred = Node("Sub", x, Mean(x));
        string variance = Mean(Node("Pow", centred, Scalar(2)));
        string normal = Node("Div", centred, Node("Sqrt", Node("Add", variance, Scalar(1e-5f))));
        return Node("Add", Node("Mul", normal, Weight(Width)), Weight(Width));
    }

    private string Mean(string x) => Node("ReduceMean", [Ints("axes", -1), Int("keepdims", 1)], x);

    private string Linear(string x, int from, int to) => Node("Add", Weight(to), Node("MatMul", x, Weight(from, to)));

    private string Mlp(string x)
    {
        string h = Linear(x, Width, 2 * Width);
        string erf = Node("Add", Node("Erf", Node("Div", h, Scalar(1.4142135f))), Scalar(1));
        return Linear(Node("Mul", Node("Mul", h, erf), Scalar(0.5f)), 2 * Width, Width);
    }

    private string Attention(string x)
    {
        string q = Split(Linear(x, Width, Width), x, [0, 2, 1, 3]);
        string k = Split(Linear(x, Width, Width), x, [0, 2, 3, 1]);
        string v = Split(Linear(x, Width, Width), x, [0, 2, 1, 3]);
        string weights = Node("Softmax", [Int("axis", -1)], Node("Div", Node("MatMul", q, k), Scalar(2.828427f)));
        string mixed = Node("Transpose", [Ints("perm", 0, 2, 1, 3)], Node("MatMul", weights, v));
        return Linear(Node("Reshape", mixed, Sizes(x, Longs(Width))), Width, Width);
    }

    // view(batch, tokens, heads, -1).transpose, with sizes read off the input as exporters do.
    private string Split(string x, string of, long[] perm) =>
        Node("Transpose", [Ints("perm", perm)], Node("Reshape", x, Sizes(of, Longs(Heads), Longs(-1))));

    private string Sizes(string x, params string[] rest) => Node("Concat", [Int("axis", 0)], [Size(x, 0), Size(x, 1), .. rest]);

    private string Size(string x, long axis) => Node("Unsqueeze", Node("Gather", [Int("axis", 0)], Node("Shape", x), Constant([], axis)), Longs(0));

    private string Begin()
    {
        TypeProto.Types.Tensor tensor = new() { ElemType = 1, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.Add([
            new TensorShapeProto.Types.Dimension { DimParam = "batch" }, new TensorShapeProto.Types.Dimension { DimParam = "tokens" },
            new TensorShapeProto.Types.Dimension { DimValue = Width }]);
        _graph.Input.Add(new ValueInfoProto { Name = "x", Type = new TypeProto { TensorType = tensor } });
        return "x";
    }

    private ModelProto End(string result)
    {
        TypeProto type = _graph.Input[0].Type.Clone();
        type.TensorType.Shape = null;
        _graph.Output.Add(new ValueInfoProto { Name = result, Type = type });
        ModelProto model = new() { IrVersion = 8, ProducerName = "pytorch", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        return model;
    }

    private string Node(string op, params IEnumerable<string> inputs) => Node(op, [], inputs);

    private string Node(string op, AttributeProto[] attributes, params IEnumerable<string> inputs)
    {
        NodeProto node = new() { OpType = op, Name = $"/layers/{op}_{_next}" };
        node.Input.AddRange(inputs);
        node.Output.Add($"/layers/{op}_{_next++}_output_0");
        node.Attribute.AddRange(attributes);
        _graph.Node.Add(node);
        return node.Output[0];
    }

    private string Scalar(float value) => Constant(1, [], MemoryMarshal.AsBytes<float>([value]));

    private string Longs(params long[] values) => Constant(7, [values.Length], MemoryMarshal.AsBytes<long>(values));

    private string Constant(long[] dims, long value) => Constant(7, dims, MemoryMarshal.AsBytes<long>([value]));

    private string Constant(int type, long[] dims, ReadOnlySpan<byte> bytes)
    {
        TensorProto tensor = new() { DataType = type, Dims = { dims }, RawData = ByteString.CopyFrom(bytes) };
        return Node("Constant", [new AttributeProto { Name = "value", Type = Kind.Tensor, T = tensor }]);
    }

    private string Weight(params long[] dims)
    {
        string name = $"layers.{_next++}.weight";
        long count = dims.Aggregate(1L, static (a, b) => a * b);
        float[] values = [.. Enumerable.Range(0, (int)count).Select(i => (((i * 31) + _next) % 17 - 8) / 32f)];
        _graph.Initializer.Add(new TensorProto { Name = name, DataType = 1, Dims = { dims }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)) });
        return name;
    }

    private static AttributeProto Int(string name, long value) => new() { Name = name, Type = Kind.Int, I = value };

    private static AttributeProto Ints(string name, params long[] values) => new() { Name = name, Type = Kind.Ints, Ints = { values } };
}
