using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// The nodes of one graph, function or subgraph under construction, and the names values have there. A subgraph sees the
/// names of the graphs around it; a function sees nothing but its own. A size that a region makes up is its own: around it
/// the same name may stand for another.
/// </summary>
internal sealed class EmitScope(NameTable names, EmitScope? parent = null, Func<Dim, bool>? ownsSize = null)
{
    private readonly Dictionary<Value, string> _values = [];
    private readonly Dictionary<TensorContent, string> _constants = [];
    private readonly Dictionary<Shape, string> _shapes = [];
    private readonly SymbolCarriers _carriers = new();

    public NameTable Names { get; } = names;

    public List<NodeProto> Nodes { get; } = [];

    /// <summary>Values of which more is said than their name, in the order in which they are made.</summary>
    public List<ValueInfoProto> Said { get; } = [];

    /// <summary>Notes what is said of a value.</summary>
    public void Say(ValueInfoProto words, ValueInfoProto value)
    {
        Words.Write(words, value);
        Said.Add(value);
    }

    /// <summary>Gives a value its name and notes the sizes that can be read off it.</summary>
    public void Bind(Value value, string name)
    {
        _values[value] = name;
        _carriers.Add(value, name);
    }

    public string NameOf(Value value) => TryNameOf(value)
        ?? throw new InvalidOperationException($"{value} is used before it is written.");

    /// <summary>A node; the names of its results are its own, numbered when there are several.</summary>
    public NodeProto Add(NodeProto node)
    {
        Nodes.Add(node);
        return node;
    }

    /// <summary>A helper node with one result, named after <paramref name="path"/>.</summary>
    public string AddHelper(string path, string opType, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes)
    {
        NodeProto node = new() { OpType = opType, Name = Names.Node(path, AttributeWriter.Snake(opType)) };
        node.Input.AddRange(inputs);
        node.Output.Add(node.Name);
        node.Attribute.AddRange(attributes);
        return Add(node).Name;
    }

    /// <summary>A second name for a value that has one.</summary>
    public string Rename(string from, string to)
    {
        NodeProto node = new() { OpType = "Identity", Name = Names.Node("", "identity") };
        node.Input.Add(from);
        node.Output.Add(to);
        Add(node);
        return to;
    }

    /// <summary>The name of a constant, written once for each scope that cannot see an earlier one.</summary>
    public string Constant(TensorContent content)
    {
        for (EmitScope? scope = this; scope is not null; scope = scope._parent)
        {
            if (scope._constants.TryGetValue(content, out string? known))
            {
                return known;
            }
        }

        return _constants[content] = AddHelper("", "Constant", [], AttributeWriter.Write("value", content));
    }

    /// <summary>Notes that a constant of the graph has a name already.</summary>
    public void BindConstant(TensorContent content, string name) => _constants.TryAdd(content, name);

    /// <summary>The name of a vector of sizes made earlier, or null.</summary>
    public string? Sizes(Shape shape) => _shapes.GetValueOrDefault(shape) ?? (shape.Any(Owns) ? null : _parent?.Sizes(shape));

    public void BindSizes(Shape shape, string name) => _shapes.Add(shape, name);

    /// <summary>A value with an axis whose size is the symbol or follows from it alone, or null.</summary>
    public SymbolCarrier? Carrier(string symbol) =>
        _carriers.Exact(symbol) ?? Around(symbol)?._carriers.Exact(symbol) ?? _carriers.Affine(symbol) ?? Around(symbol)?.Carrier(symbol);

    private EmitScope? Around(string symbol) => Owns(Dim.Sym(symbol)) ? null : _parent;

    private bool Owns(Dim size) => ownsSize?.Invoke(size) ?? false;

    private readonly EmitScope? _parent = parent;

    private string? TryNameOf(Value value) => _values.GetValueOrDefault(value) ?? _parent?.TryNameOf(value);
}
