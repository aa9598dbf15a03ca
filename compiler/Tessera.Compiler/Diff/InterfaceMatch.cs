using Tessera.Ir;

namespace Tessera.Compiler.Diff;

/// <summary>Inputs, or outputs, of two models: those of one name belong together, and of the others those that come in one place.</summary>
internal sealed class InterfaceMatch
{
    private readonly string _kind;
    private readonly List<(string First, string Second)> _names = [];
    private readonly List<(string Name, Value Value)> _onlyFirst = [];
    private readonly List<(string Name, Value Value)> _onlySecond = [];

    private InterfaceMatch(string kind) => _kind = kind;

    public List<(Value First, Value Second)> Pairs { get; } = [];

    public static InterfaceMatch Of(string kind, IReadOnlyList<(string Name, Value Value)> first, IReadOnlyList<(string Name, Value Value)> second)
    {
        InterfaceMatch match = new(kind);
        Dictionary<string, Value> byName = new(StringComparer.Ordinal);
        foreach ((string name, Value value) in second)
        {
            byName.TryAdd(name, value);
        }

        HashSet<string> known = [.. first.Select(static p => p.Name)];
        Queue<(string Name, Value Value)> others = new(second.Where(p => !known.Contains(p.Name)));
        foreach ((string name, Value value) in first)
        {
            if (byName.TryGetValue(name, out Value? same))
            {
                match.Add((name, value), (name, same));
            }
            else if (others.TryDequeue(out (string Name, Value Value) other))
            {
                match.Add((name, value), other);
            }
            else
            {
                match._onlyFirst.Add((name, value));
            }
        }

        match._onlySecond.AddRange(others);
        return match;
    }

    /// <summary>The values of one side under labels that both sides share where they belong together.</summary>
    public IReadOnlyList<(Value, string)> Labelled(bool first) =>
    [
        .. Pairs.Select((p, i) => (first ? p.First : p.Second, $"{_kind} {i}")),
        .. (first ? _onlyFirst : _onlySecond).Select(p => (p.Value, $"{_kind} of the {(first ? "first" : "second")} alone: {p.Name}")),
    ];

    /// <summary>Notes other names and types. Sizes are compared as far as they are numbers: their names are names only.</summary>
    public void Tell(DifferenceBuilder found, bool withSizes)
    {
        Dictionary<string, string> forth = new(StringComparer.Ordinal);
        Dictionary<string, string> back = new(StringComparer.Ordinal);
        for (int i = 0; i < Pairs.Count; i++)
        {
            (Value a, Value b) = Pairs[i];
            if (_names[i].First != _names[i].Second)
            {
                found.Interface($"name of {_kind} {i}", _names[i].First, _names[i].Second);
            }

            if (!IrTypes.Same(a.Type, b.Type, (x, y) => Agree(x, y, (forth, back), withSizes)))
            {
                found.Interface($"type of {_kind} {_names[i].First}", a.Type.ToString(), b.Type.ToString());
            }
        }

        foreach ((string name, Value value) in _onlyFirst)
        {
            found.Interface($"{_kind} {name}", value.Type.ToString(), null);
        }

        foreach ((string name, Value value) in _onlySecond)
        {
            found.Interface($"{_kind} {name}", null, value.Type.ToString());
        }
    }

    // Sizes of one name on one side are of one name on the other.
    private static bool Agree(Dim a, Dim b, (Dictionary<string, string> Forth, Dictionary<string, string> Back) names, bool withSizes) =>
        a.ConstValue is { } x && b.ConstValue is { } y ? x == y
            : !withSizes || (a.IsSymbol(out string s) && b.IsSymbol(out string t)
                ? (names.Forth.TryAdd(s, t) || names.Forth[s] == t) & (names.Back.TryAdd(t, s) || names.Back[t] == s)
                : a.ConstValue is null && b.ConstValue is null);

    private void Add((string Name, Value Value) first, (string Name, Value Value) second)
    {
        _names.Add((first.Name, second.Name));
        Pairs.Add((first.Value, second.Value));
    }
}
