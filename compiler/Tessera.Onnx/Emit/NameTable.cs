using Tessera.Ir;

namespace Tessera.Onnx;

/// <summary>
/// Unique names of one model or function. What a model from elsewhere called something is kept where it is free; all else
/// depends on the graph alone: module path, op and an ordinal.
/// </summary>
internal sealed class NameTable
{
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);
    private readonly Dictionary<Op, string> _keptNodes = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, string> _keptValues = [];

    /// <summary>Takes the name of a value that must stay as it is; false when it is taken already.</summary>
    public bool Reserve(string name) => _values.Add(name);

    /// <summary>Gives a node a name of its own where that is free.</summary>
    public void Keep(Op op, string name)
    {
        if (!_keptNodes.ContainsKey(op) && _nodes.Add(name))
        {
            _keptNodes.Add(op, name);
        }
    }

    /// <summary>Gives a value a name of its own where that is free.</summary>
    public void Keep(Value value, string name)
    {
        if (!_keptValues.ContainsKey(value) && _values.Add(name))
        {
            _keptValues.Add(value, name);
        }
    }

    /// <summary>The name that was kept for a value, or null. It is given once: what is written twice has another then.</summary>
    public string? Take(Value value) => _keptValues.Remove(value, out string? name) ? name : null;

    /// <summary>The name that was kept for a node, or null; once, too.</summary>
    public string? Take(Op op) => _keptNodes.Remove(op, out string? name) ? name : null;

    /// <summary><c>blocks.0.norm1/rms_norm_0</c>: the next that is free for a node and its result.</summary>
    public string Node(string path, string op)
    {
        string stem = path.Length == 0 ? op : $"{path}/{op}";
        int ordinal = _next.GetValueOrDefault(stem);
        string name = $"{stem}_{ordinal}";
        while (_values.Contains(name) || !_nodes.Add(name))
        {
            name = $"{stem}_{++ordinal}";
        }

        _values.Add(name);
        _next[stem] = ordinal + 1;
        return name;
    }

    /// <summary>The name itself for a value where it is free, else with an ordinal.</summary>
    public string Unique(string name) => _values.Add(name) ? name : Node("", name);
}
