using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>A node as a translation sees it: operands, what is known of them, attributes with their defaults.</summary>
internal sealed class NodeView(NodeProto node, ReadValue?[] inputs, ReadScope scope, SourceLocation source, long version)
{
    /// <summary>What reads the node's subgraphs.</summary>
    public required NodeReader Reader { get; init; }

    /// <summary>The results of a subgraph in the node's place.</summary>
    public IReadOnlyList<Value> Inline(GraphProto graph, params IReadOnlyList<Value> arguments) => Reader.Inline(graph, arguments, scope);

    /// <summary>The node itself.</summary>
    public NodeProto Proto => node;

    /// <summary>The results of a node made in this one's place, under a version of its own.</summary>
    public IReadOnlyList<Value?> ReadAs(NodeProto made, long version)
    {
        Reader.ReadAs(made, version, scope);
        return [.. made.Output.Select(name => name.Length > 0 && scope.Find(name) is { } value ? scope.Materialize(value) : null)];
    }

    /// <summary>Makes ops in the node's place.</summary>
    public GraphBuilder Builder => scope.Builder;

    /// <summary>Version of the domain's opset.</summary>
    public long Version => version;

    public int InputCount => inputs.Length;

    /// <summary>An operand; null where it is left out.</summary>
    public Value? this[int input] => input < inputs.Length && inputs[input] is { } value ? scope.Materialize(value) : null;

    /// <summary>An operand that must be there.</summary>
    public Value Operand(int input) => this[input] ?? throw new TesseraException("TSR0815", node.Name, $"{node.OpType} lacks its input {input}.");

    /// <summary>All operands from a position on.</summary>
    public IReadOnlyList<Value> Rest(int from) => [.. Enumerable.Range(from, Math.Max(0, inputs.Length - from)).Select(Operand)];

    /// <summary>Rank of an operand; null where it is not known.</summary>
    public int? RankOf(int input) => this[input]?.Type is TensorType { Shape: { } shape } ? shape.Rank : null;

    /// <summary>Elements of an operand as sizes; null where they are not known.</summary>
    public IReadOnlyList<Dim>? Sizes(int input) => input < inputs.Length ? inputs[input]?.Sizes : null;

    /// <summary>Elements of an operand as numbers; null where they are not known.</summary>
    public long[]? Numbers(int input) => Sizes(input) is { } sizes && sizes.All(static d => d.ConstValue is not null) ? [.. sizes.Select(static d => d.ConstValue!.Value)] : null;

    /// <summary>The elements of an operand that is a constant or a bound weight of at most <paramref name="most"/> elements.</summary>
    public RefTensor? Content(int input, long most = 1 << 16) => this[input]?.Producer switch
    {
        Constant { Value: { } content } when content.Count <= most => RefTensors.FromContent(content),
        Parameter parameter when scope.Weights.GetValueOrDefault(parameter.Path) is { } bytes && bytes.Count <= most => RefTensors.FromSource(bytes),
        _ => null,
    };

    /// <summary>The bytes of an operand that is a constant or a bound weight; null for another.</summary>
    public WeightSource? Bytes(int input) => this[input]?.Producer switch
    {
        Constant { Value: { Strings: null } content } => new MemoryWeightSource(content.DType, [.. content.Dims], content.Bytes),
        Parameter parameter => scope.Weights.GetValueOrDefault(parameter.Path),
        _ => null,
    };

    /// <summary>A weight of the node's own, made of the bytes of an operand, by whose name it is called.</summary>
    public Value Made(int input, string suffix, WeightSource source)
    {
        string stem = (this[input]?.Producer is Parameter parameter ? parameter.Path : node.Input[input]) + suffix;
        string path = stem;
        for (int i = 1; scope.Weights.ContainsKey(path); i++)
        {
            path = $"{stem}.{i}";
        }

        return scope.Hoist(path, source);
    }

    /// <summary>Whether the node has a result at a position that anything may use.</summary>
    public bool Wants(int output) => output < node.Output.Count && node.Output[output].Length > 0;

    public int OutputCount => node.Output.Count;

    public AttributeProto? Attribute(string name) => node.Attribute.FirstOrDefault(a => a.Name == name);

    public long Int(string name, long absent) => Attribute(name)?.I ?? absent;

    public double Float(string name, double absent) => Attribute(name)?.F ?? absent;

    public string Text(string name, string absent) => Attribute(name)?.S.ToStringUtf8() ?? absent;

    public long[]? Ints(string name) => Attribute(name) is { } attribute ? [.. attribute.Ints] : null;

    public float[]? Floats(string name) => Attribute(name) is { } attribute ? [.. attribute.Floats] : null;

    public string[]? Strings(string name) => Attribute(name) is { } attribute ? [.. attribute.Strings.Select(static s => s.ToStringUtf8())] : null;

    /// <summary>A single result of an op in the node's place.</summary>
    public Value Emit(Op op) => Builder.Emit(op, source);

    /// <summary>All results of an op in the node's place.</summary>
    public IReadOnlyList<Value> EmitAll(Op op) => Builder.EmitAll(op, source);

    /// <summary>A constant of one element like an operand's type.</summary>
    public Value Scalar(DType dtype, double value) => Emit(new Constant
    {
        Value = RefTensors.ToContent(dtype.IsFloat() ? RefTensor.Floats(dtype, [], [value]) : RefTensor.Ints(dtype, [], [(long)value])),
    });
}
