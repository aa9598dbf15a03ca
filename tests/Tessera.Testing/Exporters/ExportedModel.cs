using System.Runtime.InteropServices;
using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;
using Kind = Tessera.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Tessera.Testing.Exporters;

/// <summary>An ONNX model as an exporter writes it, node by node; sizes with a name are dynamic.</summary>
public sealed class ExportedModel
{
    private readonly GraphProto _graph = new() { Name = "exported" };
    private int _names;

    /// <summary>The model that this is a branch of: weights are kept there.</summary>
    private ExportedModel? Outer { get; init; }

    public ExportedModel(int opset = 17) => Opset = opset;

    public int Opset { get; }

    /// <summary>Elements of a weight, given how many there are and a number that no other weight has; small numbers that differ where it is not set.</summary>
    public Func<int, int, float[]> Weights { get; init; } = static (count, seed) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin((i * 1.7f) + seed))];

    public string Input(string name, DType dtype, params object[] dims)
    {
        _graph.Input.Add(Info(name, dtype, dims));
        return name;
    }

    public void Output(string name) => _graph.Output.Add(new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DType.F32 } } });

    /// <summary>An output under a name of its own.</summary>
    public void Output(string value, string name, DType dtype = DType.F32)
    {
        _graph.Node.Add(new NodeProto { OpType = "Identity", Name = $"/{name}", Input = { value }, Output = { name } });
        _graph.Output.Add(new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)dtype } } });
    }

    public string Node(string type, string[] inputs, params AttributeProto[] attributes)
    {
        NodeProto node = new() { OpType = type, Name = $"/{type}_{_names}" };
        node.Input.AddRange(inputs);
        node.Output.Add($"t{_names++}");
        node.Attribute.AddRange(attributes);
        _graph.Node.Add(node);
        return node.Output[0];
    }

    /// <summary>A node of <c>com.microsoft</c>, as ONNX Runtime's own optimiser leaves them in a file.</summary>
    public string Microsoft(string type, string[] inputs, params AttributeProto[] attributes)
    {
        string result = Node(type, inputs, attributes);
        _graph.Node[^1].Domain = "com.microsoft";
        return result;
    }

    public string[] Nodes(string type, int outputs, string[] inputs, params AttributeProto[] attributes)
    {
        Node(type, inputs, attributes);
        NodeProto node = _graph.Node[^1];
        node.Output.AddRange(Enumerable.Range(0, outputs - 1).Select(_ => $"t{_names++}"));
        return [.. node.Output];
    }

    /// <summary>One of two branches, each a graph of its own that sees all names so far.</summary>
    public string If(string condition, Func<ExportedModel, string> then, Func<ExportedModel, string> otherwise) =>
        Node("If", [condition], Graph("then_branch", Branch("then", then)), Graph("else_branch", Branch("else", otherwise)));

    /// <summary>A loop with one carried value of the given rounds and sizes (none: of a rank that is not declared): what a round makes of its number and the value.</summary>
    public string Loop(string rounds, string start, object[]? dims, Func<ExportedModel, string, string, string> body)
    {
        GraphProto graph = Branch("body", into =>
        {
            into._graph.Input.Add(Info($"round{_names}", DType.I64, []));
            into._graph.Input.Add(Info($"goes{_names}", DType.Bool, []));
            into._graph.Input.Add(Info($"carried{_names}", DType.F32, dims));
            (string round, string goes, string carried) = (into._graph.Input[0].Name, into._graph.Input[1].Name, into._graph.Input[2].Name);
            into._graph.Output.Add(Info(into.Node("Identity", [goes]), DType.Bool, []));
            return body(into, round, carried);
        });
        return Node("Loop", [rounds, "", start], Graph("body", graph));
    }

    /// <summary>A scan with one state over tensors along their first axes: what a round makes of the state and of its slices.</summary>
    public string Scan(string start, object[] dims, (string Value, object[] Slice)[] scanned, Func<ExportedModel, string, string[], string> body)
    {
        GraphProto graph = Branch("body", into =>
        {
            string state = into.Input($"state{_names}", DType.F32, dims);
            string[] slices = [.. scanned.Select((s, i) => into.Input($"slice{_names}_{i}", DType.F32, s.Slice))];
            return body(into, state, slices);
        });
        return Node("Scan", [start, .. scanned.Select(static s => s.Value)], Graph("body", graph), Int("num_scan_inputs", scanned.Length));
    }

    private GraphProto Branch(string name, Func<ExportedModel, string> make)
    {
        ExportedModel inner = new(Opset) { _names = _names + 1, Outer = Outer ?? this, Weights = Weights };
        inner._graph.Name = name;
        inner.Output(make(inner));
        _names = inner._names;
        return inner._graph;
    }

    private static AttributeProto Graph(string name, GraphProto graph) => new() { Name = name, Type = Kind.Graph, G = graph };

    public string Longs(params long[] values) => Constant(new TensorProto { DataType = (int)DType.I64, Dims = { values.Length }, Int64Data = { values } });

    public string Long(long value) => Constant(new TensorProto { DataType = (int)DType.I64, Int64Data = { value } });

    public string Float(float value) => Constant(new TensorProto { DataType = (int)DType.F32, FloatData = { value } });

    /// <summary>Integers of a shape.</summary>
    public string Constant(long[] dims, long[] values) => Constant(new TensorProto { DataType = (int)DType.I64, Dims = { dims }, Int64Data = { values } });

    public string Cast(string value, DType to) => Node("Cast", [value], Int("to", (long)to));

    public string Flags(long[] dims, Func<int, bool> flag) => Constant(new TensorProto
    {
        DataType = (int)DType.Bool,
        Dims = { dims },
        RawData = ByteString.CopyFrom([.. Enumerable.Range(0, (int)dims.Aggregate(1L, static (a, b) => a * b)).Select(i => flag(i) ? (byte)1 : (byte)0)]),
    });

    /// <summary>A weight of such numbers as <see cref="Weights"/> gives.</summary>
    public string Weight(params long[] dims) => Weight(dims, static x => x);

    /// <summary>A weight of numbers above 0.</summary>
    public string Positive(params long[] dims) => Weight(dims, static x => MathF.Abs(x) + 0.5f);

    /// <summary>Quantised numbers of every kind, no two weights the same; their type is one of 4 or 8 bits.</summary>
    public string Codes(DType dtype, params long[] dims)
    {
        string name = $"w{_names++}";
        long count = dims.Aggregate(1L, static (a, b) => a * b);
        byte[] bytes = [.. Enumerable.Range(0, (int)dtype.ByteCount(count)).Select(i => (byte)((i * 37) + (i >> 3) + (_names * 11)))];
        (Outer ?? this)._graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)dtype, Dims = { dims }, RawData = ByteString.CopyFrom(bytes) });
        return name;
    }

    /// <summary>The value of a ConstantOfShape.</summary>
    public static AttributeProto Filled(long value) => new() { Name = "value", Type = Kind.Tensor, T = new TensorProto { DataType = (int)DType.I64, Dims = { 1 }, Int64Data = { value } } };

    /// <summary>One size of a value as <c>i64[1]</c>, by Shape, Gather and Unsqueeze.</summary>
    public string Size(string value, long axis) => Node("Unsqueeze", [Scalar(value, axis), Longs(0)]);

    /// <summary>One size of a value as a scalar.</summary>
    public string Scalar(string value, long axis) => Node("Gather", [Node("Shape", [value]), Long(axis)], Int("axis", 0));

    public string Reshape(string value, params string[] sizes) => Node("Reshape", [value, Node("Concat", sizes, Int("axis", 0))]);

    public string Transpose(string value, params long[] perm) => Node("Transpose", [value], Ints("perm", perm));

    public string MatMul(string a, string b) => Node("MatMul", [a, b]);

    public string Softmax(string x) => Node("Softmax", [x], Int("axis", -1));

    /// <summary>A product with a matrix of 4 or 8 bits as <c>com.microsoft.MatMulNBits</c>.</summary>
    public string QuantizedMatMul(string x, int rows, int columns, int bits, int block, bool zeros, string bias = "")
    {
        int blocks = (rows + block - 1) / block;
        string w = Codes(DType.U8, columns, blocks, block * bits / 8);
        string[] operands = [x, w, Positive(columns, blocks), zeros ? Codes(DType.U8, columns, ((blocks * bits) + 7) / 8) : "", "", bias];
        return Microsoft("MatMulNBits", operands, Int("K", rows), Int("N", columns), Int("bits", bits), Int("block_size", block));
    }

    public static AttributeProto Int(string name, long value) => new() { Name = name, Type = Kind.Int, I = value };

    public static AttributeProto Real(string name, float value) => new() { Name = name, Type = Kind.Float, F = value };

    public static AttributeProto Ints(string name, params long[] values) => new() { Name = name, Type = Kind.Ints, Ints = { values } };

    public static AttributeProto Text(string name, string value) => new() { Name = name, Type = Kind.String, S = ByteString.CopyFromUtf8(value) };

    public ModelProto ToModel()
    {
        ModelProto model = new() { IrVersion = 8, Graph = _graph, ProducerName = "exporter" };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        if (_graph.Node.Any(static n => n.Domain.Length > 0))
        {
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        }

        return model;
    }

    private string Weight(long[] dims, Func<float, float> of)
    {
        string name = $"w{_names++}";
        float[] elements = [.. Weights((int)dims.Aggregate(1L, static (a, b) => a * b), _names).Select(of)];
        ByteString bytes = ByteString.CopyFrom(MemoryMarshal.AsBytes(elements.AsSpan()));
        (Outer ?? this)._graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)DType.F32, Dims = { dims }, RawData = bytes });
        return name;
    }

    private string Constant(TensorProto tensor) => Node("Constant", [], new AttributeProto { Name = "value", Type = Kind.Tensor, T = tensor });

    private static ValueInfoProto Info(string name, DType dtype, object[]? dims)
    {
        if (dims is null)
        {
            return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)dtype } } };
        }

        TensorShapeProto shape = new();
        shape.Dim.AddRange(dims.Select(static d => d is string symbol
            ? new TensorShapeProto.Types.Dimension { DimParam = symbol }
            : new TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(d, System.Globalization.CultureInfo.InvariantCulture) }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)dtype, Shape = shape } } };
    }
}
