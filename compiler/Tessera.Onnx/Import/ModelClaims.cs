using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// What a model states of types and sizes: of a model that we wrote it is proved, of any other it is a claim. A size known only at
/// run time has another name here than where the model was written: the declared type of the value that brings it tells which. A
/// fact is taken in once all its sizes are known.
/// </summary>
internal sealed class ModelClaims
{
    private readonly Dictionary<string, Dim> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorType> _declared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IrType> _claimed = new(StringComparer.Ordinal);
    private readonly List<Constraint> _pending;
    private readonly GraphBuilder _builder;

    public ModelClaims(ModelProto model, bool isOurs, GraphBuilder builder, IEnumerable<Value> inputs)
    {
        _builder = builder;
        foreach (string symbol in inputs.SelectMany(static v => v.Type is TensorType { Shape: { } shape } ? shape.Symbols : []))
        {
            _names[symbol] = Dim.Sym(symbol);
        }

        // Only what our own emitter wrote is proved; anyone else's types are mere claims.
        if (isOurs)
        {
            foreach (ValueInfoProto info in model.Graph.ValueInfo.Concat(model.Graph.Output))
            {
                if (TypeReader.Read(info.Type, info.Name) is TensorType { Shape: not null } type)
                {
                    _declared[info.Name] = type;
                }
            }
        }

        Claim(model.Graph);
        _pending = [.. ModelMetadata.Constraints(model)];
        Settle();
    }

    /// <summary>The claimed type of a value, its sizes open where they are no numbers; of unknown element type where the model claims nothing.</summary>
    public IrType TypeOf(string name) => _claimed.TryGetValue(name, out IrType? type) ? Open(type) : new TensorType(DType.Undefined, null);

    /// <summary>Notes what a graph or subgraph says of its values.</summary>
    public void Claim(GraphProto graph)
    {
        foreach (ValueInfoProto info in graph.ValueInfo.Concat(graph.Output))
        {
            if (info.Type is { ValueCase: not TypeProto.ValueOneofCase.None })
            {
                _claimed.TryAdd(info.Name, TypeReader.Read(info.Type, info.Name));
            }
        }
    }

    private static IrType Open(IrType type) => IrTypes.Map(type, static d => d.ConstValue is null ? Dim.Sym(Ir.Ops.Opaque.OpenSize) : d);

    /// <summary>Notes the value that a node makes under a name.</summary>
    public void Note(string name, Value value)
    {
        if (!_declared.TryGetValue(name, out TensorType? declared) || value.Type is not TensorType { Shape: { } shape } || shape.Rank != declared.Rank)
        {
            return;
        }

        bool found = false;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            found |= declared.Shape![axis].IsSymbol(out string symbol) && _names.TryAdd(symbol, shape[axis]);
        }

        if (found)
        {
            Settle();
        }
    }

    private void Settle()
    {
        foreach (Constraint constraint in _pending.ToArray())
        {
            bool known = true;
            Constraint mapped = constraint.Map(dim =>
            {
                known &= dim.Symbols.All(_names.ContainsKey);
                return dim.Substitute(_names.GetValueOrDefault);
            });
            if (known)
            {
                _builder.Assume(mapped);
                _pending.Remove(constraint);
            }
        }
    }
}
