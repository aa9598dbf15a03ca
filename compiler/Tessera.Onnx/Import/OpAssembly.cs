using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;
using Tessera.Ir.Ops;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>One attempt to read a node by one row; it fails where the node says something that the row does not.</summary>
internal sealed class OpAssembly(NodeReader reader, RowEntry entry, NodeProto node, ReadValue?[] inputs, ReadScope scope)
{
    private readonly OpSchema _schema = entry.Schema;
    private readonly OnnxRow _row = entry.Row;
    private readonly Dictionary<string, object?> _attributes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<Value?>> _operands = new(StringComparer.Ordinal);
    private readonly List<(string Attribute, GraphProto Graph)> _regions = [];
    private readonly HashSet<string> _annotated = new(StringComparer.Ordinal);

    public Op? Build() => ReadAttributes() && ReadInputs() && ReadRegions() && ReadAnnotations()
        ? Choices(0).FirstOrDefault(op => _row.When?.Invoke(op) != false)
        : null;

    // A row may stand for one value of an attribute that it does not write (Gelu's tanh, by approximate = "tanh"): flags and
    // enumerations that the row leaves open take the first values it can express.
    private IEnumerable<Op> Choices(int from)
    {
        int at = from;
        while (at < _schema.Attributes.Count && !IsOpen(_schema.Attributes[at]))
        {
            at++;
        }

        if (at == _schema.Attributes.Count)
        {
            return IsComplete() ? [Create()] : [];
        }

        return OpAccess.Choices(_schema.Attributes[at]).SelectMany(value =>
        {
            _attributes[_schema.Attributes[at].Name] = value;
            return Choices(at + 1);
        });
    }

    private bool IsOpen(AttributeSpec spec) =>
        _row.When is not null && !_annotated.Contains(spec.Name) && !OpAccess.Names(_row, spec.Name) && OpAccess.Choices(spec).Count > 0;

    private Op Create() => _schema.Create(
        [.. _schema.Operands.SelectMany(o => _operands.GetValueOrDefault(o.Name, o.Kind == OperandKind.Variadic ? [] : [null]))], _attributes);

    private bool IsComplete() =>
        _schema.Attributes.All(a => !a.Required || _attributes.ContainsKey(a.Name))
        && _schema.Operands.All(o => o.Kind switch
        {
            OperandKind.Required => _operands.GetValueOrDefault(o.Name) is [not null],
            OperandKind.Variadic => _operands.GetValueOrDefault(o.Name, []).All(static v => v is not null),
            _ => true,
        });

    private bool ReadAttributes()
    {
        if (node.Attribute.Any(a => _row.Attributes.All(r => r.Name != a.Name)))
        {
            return false;
        }

        foreach (OnnxAttr attribute in _row.Attributes)
        {
            AttributeProto? given = node.Attribute.FirstOrDefault(a => a.Name == attribute.Name);
            bool fits = attribute switch
            {
                OnnxAttr.Fixed mark => given is null ? mark.IsDefault : AttributeReader.Is(given, mark.Value),
                OnnxAttr.Direct direct => ReadDirect(direct, given),
                _ => false,
            };
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }

    private bool ReadDirect(OnnxAttr.Direct direct, AttributeProto? given)
    {
        AttributeSpec spec = OpAccess.Spec(_schema, direct.Attribute);
        if (given is null)
        {
            if (direct.OnnxDefault is not null)
            {
                _attributes[spec.Name] = OpAccess.Coerce(direct.OnnxDefault, spec.Type);
            }

            return true;
        }

        if (spec.Type == typeof(Region))
        {
            _regions.Add((spec.Name, given.G));
            return true;
        }

        object? value = AttributeReader.Read(given, spec.Type, reader.External);
        _attributes[spec.Name] = value;
        return value is not null;
    }

    private bool ReadInputs()
    {
        if (_row.Inputs is not { } arguments)
        {
            return ReadPositional(_schema.Operands);
        }

        int at = 0;
        foreach (OnnxArgument argument in arguments)
        {
            if (argument is OnnxArgument.Operand operand && OpAccess.IsVariadic(_schema, operand.Name))
            {
                int rest = arguments.Count - 1 - arguments.ToList().IndexOf(argument);
                int count = Math.Max(0, inputs.Length - at - rest);
                _operands[operand.Name] = [.. inputs.Skip(at).Take(count).Select(static v => v?.Value)];
                at += count;
            }
            else if (!ReadArgument(argument, at < inputs.Length ? inputs[at] : null, ref at))
            {
                return false;
            }
        }

        return at >= inputs.Length;
    }

    private bool ReadPositional(IReadOnlyList<OperandSpec> specs)
    {
        if (inputs.Any(static v => v is { Value: null }))
        {
            return false;
        }

        int spread = inputs.Length - specs.Count + 1;
        int at = 0;
        foreach (OperandSpec spec in specs)
        {
            int count = spec.Kind == OperandKind.Variadic ? Math.Max(0, spread) : 1;
            _operands[spec.Name] = spec.Kind == OperandKind.Variadic
                ? [.. inputs.Skip(at).Take(count).Select(static v => v?.Value)]
                : [at < inputs.Length ? inputs[at]?.Value : null];
            at += count;
        }

        return at >= inputs.Length;
    }

    private bool ReadArgument(OnnxArgument argument, ReadValue? input, ref int at)
    {
        at++;
        switch (argument)
        {
            case OnnxArgument.Operand operand:
                _operands[operand.Name] = [input?.Value];
                return input is null || input.Value is not null;
            case OnnxArgument.Ints { OmitEmpty: true } ints when input is null:
                return Set(ints.Attribute, EquatableArray.Create<long>([]));
            case OnnxArgument.Missing:
                return input is null;
            case var _ when input is null:
                return true;
            case OnnxArgument.Ints ints:
                return input.Sizes is { } list && list.All(static d => d.ConstValue is not null)
                    && Set(ints.Attribute, list.Select(static d => d.ConstValue!.Value).ToEquatableArray());
            case OnnxArgument.Dims dims:
                return input.Sizes is { } sizes && SetSizes(dims.Attribute, sizes);
            case OnnxArgument.Scalar scalar:
                return Number(input) is { } number && Set(scalar.Attribute, new Real(number));
            case OnnxArgument.Int integer:
                return input.Sizes is [var one] && SetInteger(integer.Attribute, one);
            default:
                return false;
        }
    }

    private bool Set(string attribute, object value)
    {
        Type type = OpAccess.Spec(_schema, attribute).Type;
        _attributes[attribute] = (value, type) switch
        {
            (EquatableArray<long> list, _) when type == typeof(long) => list is [var one] ? one : null,
            (EquatableArray<long> list, _) when type == typeof(Shape) => Shape.Of([.. list]),
            _ => value,
        };
        return _attributes[attribute] is not null;
    }

    private bool SetInteger(string attribute, Dim value)
    {
        Type type = OpAccess.Spec(_schema, attribute).Type;
        _attributes[attribute] = type == typeof(Dim) ? value : value.ConstValue is { } number ? OpAccess.Coerce(number, type) : null;
        return _attributes[attribute] is not null;
    }

    private bool SetSizes(string attribute, IReadOnlyList<Dim> sizes)
    {
        if (_schema.OpType == typeof(Reshape))
        {
            bool copiesZero = _row.Attributes.Any(static a => a is OnnxAttr.Fixed { Name: "allowzero", Value: 0L });
            Shape? from = (inputs[0]?.Value?.Type as TensorType)?.Shape;
            if (ReshapeTarget.Resolve(from, sizes, copiesZero) is not { } shape)
            {
                return false;
            }

            sizes = shape;
        }

        Type type = OpAccess.Spec(_schema, attribute).Type;
        _attributes[attribute] = type switch
        {
            _ when type == typeof(Shape) => Shape.Of(sizes),
            _ when type == typeof(EquatableArray<Dim>) => sizes.ToEquatableArray(),
            _ when type == typeof(Dim) => sizes is [var one] ? one : null,
            _ => sizes.All(static d => d.ConstValue is not null) ? sizes.Select(static d => d.ConstValue!.Value).ToEquatableArray() : null,
        };
        return _attributes[attribute] is not null;
    }

    private double? Number(ReadValue input) => input.Value?.Producer switch
    {
        Constant { Value: { Count: 1, DType: not DType.String } content } => RefTensors.FromContent(content).Number(0),
        Parameter parameter when scope.Weights.GetValueOrDefault(parameter.Path) is { Count: 1 } source => RefTensors.FromSource(source).Number(0),
        _ => null,
    };

    // Branches share one list of captures: what the first names comes first.
    private bool ReadRegions()
    {
        if (_regions.Count == 0)
        {
            return true;
        }

        List<Value> captures = [];
        List<(string Attribute, ReadScope Scope, IReadOnlyList<Value> Own, IReadOnlyList<Value> Results)> read = [];
        foreach ((string attribute, GraphProto graph) in _regions)
        {
            ReadScope inner = reader.ReadSubgraph(graph, scope, SubgraphInputs(), out IReadOnlyList<Value> own, out IReadOnlyList<Value> results);
            read.Add((attribute, inner, own, results));
            captures.AddRange(inner.Captures.Select(static c => c.Outer).Where(v => !captures.Contains(v)));
        }

        foreach ((string attribute, ReadScope inner, IReadOnlyList<Value> own, IReadOnlyList<Value> results) in read)
        {
            _attributes[attribute] = new Region(inner.Builder, [.. own, .. captures.Select((v, i) => Parameter(inner, v, i))], results);
        }

        // ONNX tells carried values from captures by their place: the former are inputs of the node.
        string last = _schema.Operands[^1].Name;
        IReadOnlyList<Value?> inputsOfLast = _operands.GetValueOrDefault(last, []);
        if (_schema.OpType == typeof(Loop) || _schema.OpType == typeof(Scan) || _schema.OpType == typeof(SequenceMap))
        {
            _attributes["carried"] = (long)inputsOfLast.Count;
        }

        _operands[last] = [.. inputsOfLast, .. captures];
        return true;
    }

    private IReadOnlyList<IrType?> SubgraphInputs() => SubgraphTypes.Of(
        _schema.OpType,
        [.. _schema.Operands.SelectMany(o => _operands.GetValueOrDefault(o.Name, o.Kind == OperandKind.Variadic ? [] : [null]))],
        _attributes.GetValueOrDefault("scan_inputs") as long? ?? 0,
        _attributes.GetValueOrDefault("input_axes") as EquatableArray<long>? ?? []);

    private static Value Parameter(ReadScope inner, Value capture, int index) =>
        inner.Captures.FirstOrDefault(c => ReferenceEquals(c.Outer, capture)).Parameter
        ?? inner.Builder.Emit(new Input { Name = $"unused_{index}", Type = capture.Type });

    // What an op carries as knowledge alone, sizes and meanings that ONNX does not tell apart, stands in the node's metadata.
    private bool ReadAnnotations()
    {
        foreach (StringStringEntryProto entry in node.MetadataProps.Where(static e => e.Key.StartsWith(ModelMetadata.Prefix, StringComparison.Ordinal)))
        {
            string name = entry.Key[ModelMetadata.Prefix.Length..];
            if (_schema.Attributes.FirstOrDefault(a => a.Name == name) is not { } spec)
            {
                continue;
            }

            if (spec.Type == typeof(Dim))
            {
                _attributes[name] = Dim.Parse(entry.Value);
            }
            else if (OpAccess.Choices(spec).FirstOrDefault(c => AttributeWriter.Snake(c) == entry.Value) is { } choice)
            {
                _attributes[name] = choice;
                _annotated.Add(name);
            }
        }

        return true;
    }
}
