using Tessera.Ir;

namespace Tessera.Passes;

/// <summary>Users of values during a sweep: of the graph it started from, seen through what was rebuilt since.</summary>
internal sealed class RewriteUses(IReadOnlyList<Value> roots, IReadOnlyList<Op> order)
{
    public RewriteUses(IReadOnlyList<Value> roots)
        : this(roots, GraphWalk.PostOrder(roots))
    {
    }

    private readonly Dictionary<Value, Value> _origins = new(order.Count);
    private readonly Lazy<Dictionary<Value, int>> _counts = new(() => Count(roots, order));

    /// <summary>Notes that a value is the old one over rewritten operands: it has the same users.</summary>
    public void Rebuilt(Value value, Value origin) => _origins.TryAdd(value, origin);

    public bool HasSingleUse(Value value) =>
        _counts.Value.GetValueOrDefault(_origins.GetValueOrDefault(value, value)) == 1;

    private static Dictionary<Value, int> Count(IReadOnlyList<Value> roots, IReadOnlyList<Op> order)
    {
        Dictionary<Value, int> counts = new(order.Count);
        IEnumerable<Value> operands = order.SelectMany(static op => op.Operands).OfType<Value>();

        // An output counts twice: whatever becomes of its users, it is still needed.
        foreach (Value value in operands.Concat(roots).Concat(roots))
        {
            counts[value] = counts.GetValueOrDefault(value) + 1;
        }

        return counts;
    }
}
