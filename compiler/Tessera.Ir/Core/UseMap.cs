namespace Tessera.Ir;

/// <summary>Who uses each value of a graph; made afresh for a root, since ops carry no use lists.</summary>
public sealed class UseMap
{
    private readonly Dictionary<Value, List<Op>> _users = [];
    private readonly HashSet<Value> _outputs;

    public UseMap(Graph graph)
    {
        _outputs = [.. graph.Roots];
        foreach (Op op in graph.PostOrder())
        {
            foreach (Value? operand in op.Operands)
            {
                if (operand is not null)
                {
                    if (!_users.TryGetValue(operand, out List<Op>? users))
                    {
                        _users.Add(operand, users = []);
                    }

                    users.Add(op);
                }
            }
        }
    }

    /// <summary>Users in emission order; an op that uses the value twice stands twice.</summary>
    public IReadOnlyList<Op> UsersOf(Value value) => _users.TryGetValue(value, out List<Op>? users) ? users : [];

    public bool IsOutput(Value value) => _outputs.Contains(value);

    /// <summary>Whether one op uses the value once and the graph does not return it.</summary>
    public bool HasSingleUse(Value value) => UsersOf(value).Count == 1 && !IsOutput(value);
}
