namespace Tessera.Onnx;

/// <summary>Unique names of one model or function. They depend on the graph alone: module path, op and an ordinal.</summary>
internal sealed class NameTable
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);

    /// <summary>Takes a name that must stay as it is; false when it is taken already.</summary>
    public bool Reserve(string name) => _taken.Add(name);

    /// <summary><c>blocks.0.norm1/rms_norm_0</c>: the next free one.</summary>
    public string Node(string path, string op)
    {
        string stem = path.Length == 0 ? op : $"{path}/{op}";
        int ordinal = _next.GetValueOrDefault(stem);
        string name = $"{stem}_{ordinal}";
        while (!_taken.Add(name))
        {
            name = $"{stem}_{++ordinal}";
        }

        _next[stem] = ordinal + 1;
        return name;
    }

    /// <summary>The name itself where it is free, else with an ordinal.</summary>
    public string Unique(string name) => _taken.Add(name) ? name : Node("", name);
}
