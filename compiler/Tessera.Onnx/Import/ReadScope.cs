using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// Names of one graph of a model. A subgraph has a builder of its own: an outer value that it names becomes one of its
/// parameters, in the order of first use.
/// </summary>
internal sealed class ReadScope(GraphBuilder builder, ReadScope? parent = null)
{
    private readonly Dictionary<string, ReadValue> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<Value, Value> _captured = [];
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);

    public GraphBuilder Builder { get; } = builder;

    /// <summary>The scope that calls the function of which this is the body; both make values in one builder.</summary>
    public ReadScope? Caller { get; init; }

    /// <summary>Whether it is a subgraph read in its node's place, which sees the names of the <see cref="Caller"/>.</summary>
    public bool IsInlined { get; init; }

    /// <summary>Whether it has no weights of its own: the builder is that of a region, or names may clash with those of the caller.</summary>
    public bool IsRegion => parent is not null || IsInlined || Caller?.IsRegion == true;

    /// <summary>Words of the graph's values, by name; only of those that have any.</summary>
    public Dictionary<string, ValueInfoProto> Words { get; } = new(StringComparer.Ordinal);

    /// <summary>Weights that stay weights however small they are: training sets them.</summary>
    public IReadOnlySet<string> Trained { get; init; } = new HashSet<string>();

    /// <summary>Bytes of weights met so far, by name.</summary>
    public Dictionary<string, WeightSource> Weights { get; init; } = parent?.Weights ?? new Dictionary<string, WeightSource>(StringComparer.Ordinal);

    /// <summary>Outer values used here, and the parameters that stand for them.</summary>
    public List<(Value Outer, Value Parameter)> Captures { get; } = [];

    /// <summary>Whether the graph itself, and not one around it, has bound the name.</summary>
    public bool Binds(string name) => _values.ContainsKey(name);

    public void Bind(string name, ReadValue value) => _values[name] = value;

    /// <summary>Notes that a function's input is not given: whoever names it names nothing.</summary>
    public void BindMissing(string name) => _missing.Add(name);

    /// <summary>Whether the name stands for an input that is left out.</summary>
    public bool IsMissing(string name) => name.Length == 0 || (!_values.ContainsKey(name) && (_missing.Contains(name) || parent?.IsMissing(name) == true || (IsInlined && Caller?.IsMissing(name) == true)));

    /// <summary>The value; one made for it where it serves sizes only.</summary>
    public Value Materialize(ReadValue value) => value.Value ?? Joined(value.Sizes!);

    private Value Joined(IReadOnlyList<Dim> sizes) => sizes.Count == 0
        ? Builder.Emit(new Ir.Ops.Constant { Value = TensorContent.Vector() })
        : Builder.Emit(new Ir.Ops.Concat([.. sizes.Select(d => Builder.Emit(new Ir.Ops.Reshape(Builder.Emit(new Ir.Ops.DimValue { Dim = d })) { Shape = [1] }))]) { Axis = 0 });

    public ReadValue? Find(string name)
    {
        if (_values.TryGetValue(name, out ReadValue? known))
        {
            return known;
        }

        if (IsInlined)
        {
            return Caller?.Find(name);
        }

        return parent?.Find(name) is { } outer ? _values[name] = outer with { Value = outer.Value is null ? null : Inside(outer.Value, name) } : null;
    }

    /// <summary>A weight of the whole graph, as it is called here.</summary>
    public Value Hoist(string path, WeightSource source)
    {
        if (parent is not null)
        {
            return Inside(parent.Hoist(path, source), path);
        }

        if (Caller is not null)
        {
            return Caller.Hoist(path, source);
        }

        Weights[path] = source;
        return Builder.Emit(new Ir.Ops.Parameter { Path = path, Type = new TensorType(source.DType, Shape.Of([.. source.Dims])) });
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
