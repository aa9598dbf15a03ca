namespace Tessera.Ir;

/// <summary>Walks over graphs with an explicit stack, so that depth never matters.</summary>
public static class GraphWalk
{
    /// <summary>The ops that <paramref name="roots"/> reach, operands before users, operands left to right.</summary>
    public static IReadOnlyList<Op> PostOrder(IEnumerable<Value> roots)
    {
        List<Op> order = [];
        HashSet<Op> seen = new(ReferenceEqualityComparer.Instance);
        Stack<(Op Op, int Next)> stack = new();
        foreach (Value root in roots)
        {
            if (seen.Add(root.Producer))
            {
                stack.Push((root.Producer, 0));
            }

            while (stack.TryPop(out (Op Op, int Next) frame))
            {
                System.Collections.Immutable.ImmutableArray<Value?> operands = frame.Op.Operands;
                int next = frame.Next;
                while (next < operands.Length && (operands[next] is not { } operand || !seen.Add(operand.Producer)))
                {
                    next++;
                }

                if (next == operands.Length)
                {
                    order.Add(frame.Op);
                    continue;
                }

                stack.Push((frame.Op, next + 1));
                stack.Push((operands[next]!.Producer, 0));
            }
        }

        return order;
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
        Func<Op, Value?[], IReadOnlyList<Value>> map)
    {
        Value[] wanted = [.. roots];
        Dictionary<Op, IReadOnlyList<Value>> done = new(ReferenceEqualityComparer.Instance);
        foreach (Op op in PostOrder(wanted))
        {
            if (op.OutputCount == 1 && op is Ops.Input)
            {
                continue;
            }

            Value?[] operands = [.. op.Operands.Select(v => v is null ? null : Lookup(v))];
            done.Add(op, map(op, operands));
        }

        return [.. wanted.Select(Lookup)];

        Value Lookup(Value value) => known.TryGetValue(value, out Value? mapped)
            ? mapped
            : done.TryGetValue(value.Producer, out IReadOnlyList<Value>? results)
                ? results[value.Index]
                : throw new InvalidOperationException($"{value} has no counterpart; an input was not mapped.");
    }
}
