using System.Collections.Immutable;
using Tessera.Ir.Onnx;

namespace Tessera.Ir;

/// <summary>
/// Makes the ops of a graph again, over operands that changed. Sizes that only run time knows keep their names, since the
/// value is the same whatever it is made of now; where it exists already under another name, later ops are given that one.
/// </summary>
public sealed class GraphRebuild(GraphBuilder builder)
{
    private readonly Dictionary<string, Dim> _renamed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dim> _solved = new(StringComparer.Ordinal);

    /// <summary>
    /// Forgets other names of sizes; what sizes turned out to be stays known, for ops that come before the one that told it.
    /// </summary>
    public void StartOver() => _renamed.Clear();

    /// <summary>The graph with ops replaced by what <paramref name="map"/> gives for them and their new operands; null makes the op again.</summary>
    public static Graph Run(Graph graph, Func<Op, ImmutableArray<Value?>, IReadOnlyList<Value>?> map)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Dictionary<Value, Value> inputs = graph.PostOrder().OfType<Ops.Input>().ToDictionary(static i => i.Outputs[0], static i => i.Outputs[0]);
        return graph.WithRoots(new GraphRebuild(graph.Builder).Run(graph.Roots, inputs, map));
    }

    /// <summary>The same for the values that <paramref name="roots"/> reach; <paramref name="known"/> fixes values in advance.</summary>
    public IReadOnlyList<Value> Run(
        IEnumerable<Value> roots, IDictionary<Value, Value> known, Func<Op, ImmutableArray<Value?>, IReadOnlyList<Value>?> map) =>
        GraphWalk.Rebuild(roots, known, (op, operands) => map(op, operands) is { } replaced ? Note(op, replaced) : Again(op, operands));

    /// <summary>The results of the op over other operands.</summary>
    /// <param name="op">An op of the old graph.</param>
    /// <param name="operands">Its operands in the new one.</param>
    /// <param name="change">What else to change of it.</param>
    public IReadOnlyList<Value> Again(Op op, ImmutableArray<Value?> operands, Func<Op, Op>? change = null)
    {
        ArgumentNullException.ThrowIfNull(op);
        Op moved = operands.AsSpan().SequenceEqual(op.Operands.AsSpan()) ? op : op.WithOperands(operands);
        moved = _renamed.Count == 0 && _solved.Count == 0 ? moved : OpRewriting.Substitute(moved, s => _renamed.GetValueOrDefault(s) ?? _solved.GetValueOrDefault(s));
        moved = change?.Invoke(moved) ?? moved;
        return ReferenceEquals(moved, op) && builder.Owns(op.Outputs[0])
            ? op.Outputs
            : Note(op, builder.EmitAs(moved, [.. op.Outputs.Select(static v => v.Type)], op.Outputs[0].Source));
    }

    /// <summary>Notes what the op's results became, and returns it. What was said of them is said of what they became.</summary>
    public IReadOnlyList<Value> Note(Op op, IReadOnlyList<Value> values)
    {
        ArgumentNullException.ThrowIfNull(op);
        GraphBuilder.Carry(op, values);
        for (int i = 0; i < Math.Min(values.Count, op.OutputCount); i++)
        {
            if (!ReferenceEquals(op.Outputs[i], values[i]))
            {
                Note(op.Outputs[i].Type, values[i].Type);
            }
        }

        return values;
    }

    private void Note(IrType was, IrType now)
    {
        if (was is not TensorType { Shape: { } old } || now is not TensorType { Shape: { } shape } || old.Rank != shape.Rank)
        {
            return;
        }

        for (int axis = 0; axis < old.Rank; axis++)
        {
            if (old[axis].IsSymbol(out string name) && old[axis] != shape[axis] && builder.IsDataDependent(old[axis]))
            {
                _renamed.TryAdd(name, shape[axis]);
            }
            else if (old[axis] != shape[axis] && builder.IsDataDependent(old[axis]) && !builder.IsDataDependent(shape[axis]))
            {
                Solve(old[axis], shape[axis]);
            }
        }
    }

    // A sum of sizes that only run time knows is a size that is known: the last of them is what the others leave.
    private void Solve(Dim sum, Dim known)
    {
        foreach (string name in sum.Symbols.Where(s => builder.IsDataDependent(Dim.Sym(s))).Order(StringComparer.Ordinal).Reverse())
        {
            Dim rest = Dim.Sym(name) - sum + known;
            if (!rest.Symbols.Contains(name))
            {
                _solved.TryAdd(name, rest);
                return;
            }
        }
    }
}
