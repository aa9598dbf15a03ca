using Tessera.Ir;

namespace Tessera.Onnx;

/// <summary>
/// Names of one graph of a model. A subgraph has a builder of its own: an outer value that it names becomes one of its
/// parameters, in the order of first use.
/// </summary>
internal sealed class ReadScope(GraphBuilder builder, ReadScope? parent = null)
{
    private readonly Dictionary<string, ReadValue> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<Value, Value> _captured = [];

    public GraphBuilder Builder { get; } = builder;

    /// <summary>Bytes of weights met so far, by name.</summary>
    public Dictionary<string, WeightSource> Weights { get; } = parent?.Weights ?? new Dictionary<string, WeightSource>(StringComparer.Ordinal);

    /// <summary>Outer values used here, and the parameters that stand for them.</summary>
    public List<(Value Outer, Value Parameter)> Captures { get; } = [];

    public void Bind(string name, ReadValue value) => _values[name] = value;

    public ReadValue? Find(string name)
    {
        if (_values.TryGetValue(name, out ReadValue? known))
        {
            return known;
        }

        return parent?.Find(name) is { } outer ? _values[name] = outer with { Value = outer.Value is null ? null : Inside(outer.Value, name) } : null;
    }

    // Constants are copied in; anything else is captured, once for each outer value.
    private Value Inside(Value outer, string name)
    {
        if (outer.Producer is Ir.Ops.Constant constant)
        {
            return Builder.Emit(new Ir.Ops.Constant { Value = constant.Value });
        }

        if (!_captured.TryGetValue(outer, out Value? parameter))
        {
            parameter = Builder.Emit(new Ir.Ops.Input { Name = name, Type = outer.Type });
            _captured.Add(outer, parameter);
            Captures.Add((outer, parameter));
        }

        return parameter;
    }
}
