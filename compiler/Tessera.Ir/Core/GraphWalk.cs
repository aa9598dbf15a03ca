using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>Walks over graphs with an explicit stack, so that depth never matters.</summary>
public static class GraphWalk
{
    /// <summary>The ops that <paramref name="roots"/> reach, operands before users, operands left to right.</summary>
    public static IReadOnlyList<Op> PostOrder(IEnumerable<Value> roots) => PostOrder(roots, also: null);

    /// <summary>The same, with what an op needs besides its operands after these, as if it were operands too.</summary>
    /// <param name="roots">Where the walk begins.</param>
    /// <param name="also">Values that an op needs; one that needs the op itself changes nothing.</param>
    public static IReadOnlyList<Op> PostOrder(IEnumerable<Value> roots, Func<Op, IEnumerable<Value>>? also)
    {
        WalkTables tables = WalkTables.Take();
        (HashSet<Op> seen, Stack<(Op Op, ImmutableArray<Value?> Needs, int Next)> stack) = (tables.Seen, tables.Open);
        foreach (Value root in roots)
        {
            Enter(root.Producer);
            while (stack.TryPop(out (Op Op, ImmutableArray<Value?> Needs, int Next) frame))
            {
                if (frame.Next == frame.Needs.Length)
                {
                    tables.Order.Add(frame.Op);
                    continue;
                }

                stack.Push(frame with { Next = frame.Next + 1 });
                Enter(frame.Needs[frame.Next]?.Producer);
            }
        }

        Op[] order = [.. tables.Order];
        tables.Free();
        return order;

        void Enter(Op? op)
        {
            if (op is not null && seen.Add(op))
            {
                stack.Push((op, also is null ? op.Operands : [.. op.Operands, .. also(op)], 0));
            }
        }
    }

    /// <summary>Ops of the graph in emission order: what the outputs reach; unused inputs are not among them.</summary>
    public static IReadOnlyList<Op> PostOrder(this Graph graph) => PostOrder(graph.Roots);

    /// <summary>
    /// Rebuilds <paramref name="roots"/>, each op by <paramref name="map"/> given the op and
    /// its new operands; <paramref name="known"/> fixes values in advance (inputs, captures).
    /// </summary>
    public static IReadOnlyList<Value> Rebuild(
        IEnumerable<Value> roots,
        IDictionary<Value, Value> known,
        Func<Op, ImmutableArray<Value?>, IReadOnlyList<Value>> map)
    {
        Value[] wanted = [.. roots];
        return Rebuild(wanted, PostOrder(wanted), known, map);
    }

    /// <summary>The same over an order that is known already.</summary>
    public static IReadOnlyList<Value> Rebuild(
        IReadOnlyList<Value> wanted,
        IReadOnlyList<Op> order,
        IDictionary<Value, Value> known,
        Func<Op, ImmutableArray<Value?>, IReadOnlyList<Value>> map)
    {
        WalkTables tables = WalkTables.Take();
        Dictionary<Op, IReadOnlyList<Value>> done = tables.Done;
        foreach (Op op in order)
        {
            if (op.OutputCount != 1 || op is not Ops.Input)
            {
                done.Add(op, map(op, Operands(op)));
            }
        }

        Value[] results = [.. wanted.Select(Lookup)];
        tables.Free();
        return results;

        // Those of the op itself where none changed.
        ImmutableArray<Value?> Operands(Op op)
        {
            ImmutableArray<Value?>.Builder? changed = null;
            for (int i = 0; i < op.Operands.Length; i++)
            {
                if (op.Operands[i] is { } operand && Lookup(operand) is var now && !ReferenceEquals(now, operand))
                {
                    changed ??= op.Operands.ToBuilder();
                    changed[i] = now;
                }
            }

            return changed?.MoveToImmutable() ?? op.Operands;
        }

        Value Lookup(Value value) => known.TryGetValue(value, out Value? mapped)
            ? mapped
            : done.TryGetValue(value.Producer, out IReadOnlyList<Value>? made)
                ? made[value.Index]
                : throw new InvalidOperationException($"{value} has no counterpart; an input was not mapped.");
    }
}
