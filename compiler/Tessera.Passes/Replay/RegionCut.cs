using Tessera.Ir;

namespace Tessera.Passes.Replay;

/// <summary>Rebuilds part of a graph in another builder, stopping at values that are given.</summary>
internal static class RegionCut
{
    public static IReadOnlyList<Value> Rebuild(GraphBuilder builder, IReadOnlyList<Value> roots, Dictionary<Value, Value> known)
    {
        Dictionary<Value, Value> done = new(known);
        Stack<(Op Op, bool Ready)> stack = new(roots.Reverse().Select(static v => (v.Producer, false)));
        while (stack.TryPop(out (Op Op, bool Ready) frame))
        {
            (Op op, bool ready) = frame;
            if (op.Outputs.All(done.ContainsKey))
            {
                continue;
            }

            if (ready)
            {
                Emit(builder, op, done);
                continue;
            }

            stack.Push((op, true));
            foreach (Value operand in op.Operands.OfType<Value>())
            {
                if (!done.ContainsKey(operand))
                {
                    stack.Push((operand.Producer, false));
                }
            }
        }

        return [.. roots.Select(v => done[v])];
    }

    private static void Emit(GraphBuilder builder, Op op, Dictionary<Value, Value> done)
    {
        Op moved = op.Operands.IsEmpty ? op : op.WithOperands([.. op.Operands.Select(v => v is null ? null : done[v])]);
        if (ReferenceEquals(moved, op))
        {
            // Leaves belong to one builder: a copy is a leaf of this one.
            moved = op.Schema.Create([], op.Schema.Attributes.ToDictionary(static a => a.Name, a => a.Get(op), StringComparer.Ordinal));
        }

        IReadOnlyList<Value> values = builder.EmitAs(moved, [.. op.Outputs.Select(static v => v.Type)], op.Outputs[0].Source);
        for (int i = 0; i < values.Count; i++)
        {
            done.TryAdd(op.Outputs[i], values[i]);
        }
    }
}
