using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>The names that one graph or function defines, each once and each one that any runtime can read.</summary>
internal sealed class DefinedNames(string place)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _initializers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _attributes = new(StringComparer.Ordinal);

    /// <summary>The graph or function, for errors.</summary>
    public string Place => place;

    public void Inputs(IEnumerable<string> inputs)
    {
        foreach (string name in inputs)
        {
            Check(name, place, "an input");
            Define(name, place);
        }
    }

    /// <summary>An initializer may be an input too: its default.</summary>
    public void Initializer(string name)
    {
        Check(name, place, "an initializer");
        if (!_initializers.Add(name))
        {
            throw Twice(name, place);
        }

        _names.Add(name);
    }

    public void Node(NodeProto node, string at)
    {
        Check(node.OpType, at, "the op of a node");
        foreach (string name in node.Output.Where(static n => n.Length > 0))
        {
            Check(name, at, "a result");
            Define(name, at);
        }

        if (node.Name.Contains('\0', StringComparison.Ordinal))
        {
            throw Unreadable(at, "a node");
        }

        _attributes.Clear();
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (!_attributes.Add(attribute.Name))
            {
                throw new TesseraException("TSR0831", at, $"the attribute '{attribute.Name}' is given twice.");
            }
        }
    }

    public void Outputs(IEnumerable<string> outputs)
    {
        foreach (string name in outputs)
        {
            Check(name, place, "an output");
        }
    }

    private void Define(string name, string at)
    {
        if (!_names.Add(name))
        {
            throw Twice(name, at);
        }
    }

    private static void Check(string name, string at, string what)
    {
        if (name.Length == 0)
        {
            throw new TesseraException("TSR0832", at, $"{what} has no name.", "The file is damaged; write it anew.");
        }

        if (name.Contains('\0', StringComparison.Ordinal))
        {
            throw Unreadable(at, what);
        }
    }

    private static TesseraException Unreadable(string at, string what) => new(
        "TSR0832", at.Replace("\0", "\\0", StringComparison.Ordinal), $"the name of {what} holds NUL.", "The file is damaged; write it anew.");

    private static TesseraException Twice(string name, string at) => new("TSR0831", at, $"'{name}' is defined twice.", "Each value of a graph has a name of its own.");
}
