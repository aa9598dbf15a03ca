using Google.Protobuf;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx;
using Tessera.Onnx.Proto;

namespace Tessera.Compiler.Tests.Conformance.Forms;

/// <summary>One form of an operator on given values: a model of a single node, as the node tests of ONNX are.</summary>
/// <param name="Name">Name of the case.</param>
/// <param name="Model">The model.</param>
/// <param name="Inputs">Values of its inputs.</param>
/// <param name="Expected">What it must give; null where ONNX Runtime is asked.</param>
public sealed record Form(string Name, ModelProto Model, IReadOnlyDictionary<string, RefValue> Inputs, IReadOnlyList<RefValue>? Expected)
{
    public override string ToString() => Name;

    /// <summary>A node over all its inputs; null stands for one that is left out.</summary>
    public static Form Node(string name, int opset, string op, RefValue?[] inputs, AttributeProto[]? attributes = null, int outputs = 1, RefValue[]? expected = null, string domain = "", int domainVersion = 1)
    {
        NodeProto node = new() { OpType = op, Domain = domain };
        node.Input.AddRange(inputs.Select(static (v, i) => v is null ? "" : $"x{i}"));
        node.Output.AddRange(Enumerable.Range(0, outputs).Select(static i => $"y{i}"));
        node.Attribute.AddRange(attributes ?? []);
        Form form = Graph(name, opset, inputs, [node], outputs, expected, domain, domainVersion);
        if (node.Attribute.FirstOrDefault(static a => a.Name == "to") is { } to)
        {
            // What ONNX Runtime is asked by depends on the element types that the model states.
            form.Model.Graph.Output[0].Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)to.I } };
        }

        return form;
    }

    /// <summary>Several nodes over <c>x0, x1, …</c> that give <c>y0, y1, …</c>.</summary>
    public static Form Graph(string name, int opset, RefValue?[] inputs, NodeProto[] nodes, int outputs, RefValue[]? expected = null, string domain = "", int domainVersion = 1)
    {
        GraphProto graph = new() { Name = name };
        graph.Node.AddRange(nodes);
        Dictionary<string, RefValue> values = new(StringComparer.Ordinal);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is { } value)
            {
                values.Add($"x{i}", value);
                graph.Input.Add(new ValueInfoProto { Name = $"x{i}", Type = TypeOf(value) });
            }
        }

        graph.Output.AddRange(Enumerable.Range(0, outputs).Select(static i => new ValueInfoProto { Name = $"y{i}" }));
        ModelProto model = new() { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
        if (domain.Length > 0)
        {
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = domainVersion });
        }

        return new Form(name, model, values, expected);
    }

    /// <summary>The same with its vectors of integers, but the first input, in the model; null where it has none.</summary>
    public Form? WithConstants()
    {
        string[] given = [.. Inputs.Where(static i => i.Key != "x0" && i.Value is RefTensor { DType: DType.I64 or DType.I32, Rank: <= 1 }).Select(static i => i.Key)];
        if (given.Length == 0)
        {
            return null;
        }

        ModelProto model = Model.Clone();
        foreach (string name in given)
        {
            TensorProto constant = TensorValues.Proto(RefTensors.ToContent((RefTensor)Inputs[name]));
            constant.Name = name;
            model.Graph.Initializer.Add(constant);
            model.Graph.Input.Remove(model.Graph.Input.Single(i => i.Name == name));
        }

        return new Form($"{Name}, constant", model, Inputs.Where(i => !given.Contains(i.Key)).ToDictionary(StringComparer.Ordinal), Expected);
    }

    private static TypeProto TypeOf(RefValue value) => value switch
    {
        RefSequence { Items: [var first, ..] } => new TypeProto { SequenceType = new TypeProto.Types.Sequence { ElemType = Unshaped(first) } },
        RefOptional { Item: { } item } => new TypeProto { OptionalType = new TypeProto.Types.Optional { ElemType = TypeOf(item) } },
        RefTensor tensor => Tensor(tensor),
        _ => throw new ArgumentException("The type of an empty value is not known."),
    };

    private static TypeProto Unshaped(RefValue value) => new() { TensorType = new TypeProto.Types.Tensor { ElemType = (int)((RefTensor)value).DType } };

    private static TypeProto Tensor(RefTensor tensor)
    {
        TensorShapeProto shape = new();
        shape.Dim.AddRange(tensor.Dims.Select(static d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        return new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)tensor.DType, Shape = shape } };
    }

    public static AttributeProto A(string name, object value)
    {
        AttributeProto a = new() { Name = name };
        switch (value)
        {
            case int or long: (a.Type, a.I) = (AttributeProto.Types.AttributeType.Int, Convert.ToInt64(value, null)); break;
            case float or double: (a.Type, a.F) = (AttributeProto.Types.AttributeType.Float, Convert.ToSingle(value, null)); break;
            case string s: (a.Type, a.S) = (AttributeProto.Types.AttributeType.String, ByteString.CopyFromUtf8(s)); break;
            case int[] list: a.Type = AttributeProto.Types.AttributeType.Ints; a.Ints.AddRange(list.Select(static v => (long)v)); break;
            case double[] list: a.Type = AttributeProto.Types.AttributeType.Floats; a.Floats.AddRange(list.Select(static v => (float)v)); break;
            case string[] list: a.Type = AttributeProto.Types.AttributeType.Strings; a.Strings.AddRange(list.Select(ByteString.CopyFromUtf8)); break;
            case RefTensor tensor: (a.Type, a.T) = (AttributeProto.Types.AttributeType.Tensor, TensorValues.Proto(RefTensors.ToContent(tensor))); break;
            case GraphProto graph: (a.Type, a.G) = (AttributeProto.Types.AttributeType.Graph, graph); break;
            default: throw new ArgumentException($"{value.GetType()} is no attribute.");
        }

        return a;
    }

    /// <summary>Floats spread over [−2, 2], the same in each run.</summary>
    public static RefTensor F(params int[] dims) => Of(DType.F32, dims);

    /// <summary>Values of a type, the same in each run.</summary>
    public static RefTensor Of(DType dtype, params int[] dims)
    {
        int count = dims.Aggregate(1, static (a, b) => a * b);
        long[] sizes = [.. dims.Select(static d => (long)d)];
        double At(int i) => ((i * 7919L + 104729) % 1009 / 1009.0 * 4) - 2;
        return dtype == DType.Bool ? RefTensor.Bools(sizes, [.. Enumerable.Range(0, count).Select(i => At(i) > 0)])
            : dtype.IsFloat() ? RefTensor.Floats(dtype, sizes, [.. Enumerable.Range(0, count).Select(i => RefTensors.Round(dtype, At(i)))])
            : RefTensor.Ints(dtype, sizes, [.. Enumerable.Range(0, count).Select(i => dtype is DType.U8 or DType.U16 or DType.U32 or DType.U64 ? 1 + (i * 37L % 23) : (i * 37L % 23) - 11)]);
    }

    /// <summary>Given values.</summary>
    public static RefTensor T(DType dtype, int[] dims, params double[] values)
    {
        long[] sizes = [.. dims.Select(static d => (long)d)];
        return dtype == DType.Bool ? RefTensor.Bools(sizes, [.. values.Select(static v => v != 0)])
            : dtype.IsFloat() ? RefTensor.Floats(dtype, sizes, values)
            : RefTensor.Ints(dtype, sizes, [.. values.Select(static v => (long)v)]);
    }

    /// <summary>A vector of i64.</summary>
    public static RefTensor I(params long[] values) => RefTensor.Ints(DType.I64, [values.Length], values);

    /// <summary>A scalar of i64.</summary>
    public static RefTensor S(long value) => RefTensor.Scalar(value);

    /// <summary>A vector of f32.</summary>
    public static RefTensor V(params double[] values) => T(DType.F32, [values.Length], values);

    public static RefTensor Str(int[] dims, params string[] values) => RefTensor.Strings(dims.Select(static d => (long)d), values);
}
