using Tessera.Ir;

namespace Tessera.Passes;

/// <summary>Users of values during a sweep: of the graph it started from, seen through what was rebuilt since.</summary>
internal sealed class RewriteUses(IReadOnlyList<Value> roots, IReadOnlyList<Op> order)
{
    public RewriteUses(IReadOnlyList<Value> roots)
        : this(roots, GraphWalk.PostOrder(roots))
    {
    }

    // Only of values that are others now; null where several became one.
    private readonly Dictionary<Value, Value?> _origins = [];
    private readonly Lazy<Dictionary<Value, int>> _counts = new(() => Count(roots, order));

    /// <summary>Notes that a value is the old one over rewritten operands: it has the same users.</summary>
    public void Rebuilt(Value value, Value origin)
    {
        if (!ReferenceEquals(value, origin) && !_origins.TryAdd(value, origin) && !ReferenceEquals(_origins[value], origin))
        {
            _origins[value] = null;
        }
    }

    /// <summary>Whether one op uses a value and no output is it; false where that is not known.</summary>
    public bool HasSingleUse(Value value)
    {
        int users = _counts.Value.GetValueOrDefault(value);
        if (_origins.TryGetValue(value, out Value? origin))
        {
            users += origin is null ? 2 : _counts.Value.GetValueOrDefault(origin);
        }

        return users == 1;
    }

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
