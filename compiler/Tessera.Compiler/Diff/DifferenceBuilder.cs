using Tessera.Compiler.Explain;
using Tessera.Ir;

namespace Tessera.Compiler.Diff;

/// <summary>Gathers what the comparison of two graphs, and of the regions in them, finds.</summary>
internal sealed class DifferenceBuilder
{
    private readonly List<Change> _interface = [];
    private readonly List<Op> _onlyFirst = [];
    private readonly List<Op> _onlySecond = [];
    private readonly List<AttributeChange> _attributes = [];
    private readonly Dictionary<(Op, Op), WeightChange> _weights = [];
    private readonly List<Change> _wiring = [];

    public int SameOps { get; set; }

    public void Interface(string what, string? first, string? second) => _interface.Add(new Change(what, first, second));

    public void OnlyFirst(Op op) => _onlyFirst.Add(op);

    public void OnlySecond(Op op) => _onlySecond.Add(op);

    public void Attribute(Op a, Op b, string name, string first, string second) =>
        _attributes.Add(new AttributeChange(a.Schema.Name, name, Place.Of(a), Place.Of(b), first, second));

    public void Weight(Op a, Op b, Func<WeightChange> change)
    {
        if (!_weights.ContainsKey((a, b)))
        {
            _weights.Add((a, b), change());
        }
    }

    public void Wiring(string what, Op a, Op b) => _wiring.Add(new Change(what, $"{a.Schema.Name} {Place.Of(a)}", $"{b.Schema.Name} {Place.Of(b)}"));

    public ModelDifference Build() => new()
    {
        SameOps = SameOps,
        Interface = _interface,
        OnlyInFirst = Groups(_onlyFirst),
        OnlyInSecond = Groups(_onlySecond),
        Attributes = _attributes,
        Weights = [.. _weights.Values],
        Wiring = _wiring,
    };

    private static IReadOnlyList<OpGroup> Groups(IEnumerable<Op> ops) =>
    [
        .. ops.GroupBy(static op => LeafContent.IsLeaf(op) ? "weight" : op.Schema.Name)
            .Select(static g => new OpGroup(g.Key, [.. g.Select(static op => LeafContent.IsLeaf(op) ? LeafContent.Name(op) : Place.Of(op))]))
            .OrderByDescending(static g => g.Places.Count),
    ];
}
