using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>
/// What a walk over a graph keeps while it walks. A pass walks the whole graph several times, and tables of that size are dear to
/// make and to collect: each thread keeps one set for its next walk, unless a walk began inside another or it grew very large.
/// </summary>
internal sealed class WalkTables
{
    private const int MostKept = 1 << 20;

    [ThreadStatic]
    private static WalkTables? t_free;

    /// <summary>Ops that were entered.</summary>
    public HashSet<Op> Seen { get; } = new(OpIdentity.Instance);

    /// <summary>Ops whose operands are being walked, and the next of these.</summary>
    public Stack<(Op Op, ImmutableArray<Value?> Needs, int Next)> Open { get; } = new();

    /// <summary>Ops in the order found.</summary>
    public List<Op> Order { get; } = [];

    /// <summary>What became of ops.</summary>
    public Dictionary<Op, IReadOnlyList<Value>> Done { get; } = new(OpIdentity.Instance);

    public static WalkTables Take()
    {
        WalkTables tables = t_free ?? new WalkTables();
        t_free = null;
        return tables;
    }

    /// <summary>Gives the tables back; after an error they are just left.</summary>
    public void Free()
    {
        if (Math.Max(Seen.Count, Done.Count) <= MostKept)
        {
            Seen.Clear();
            Open.Clear();
            Order.Clear();
            Done.Clear();
            t_free = this;
        }
    }
}
