namespace Tessera.Ir.Text;

/// <summary>The names of one graph or region while it is read, and the emission of its ops.</summary>
internal sealed class ParserScope(Lexer lexer, GraphBuilder builder)
{
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly List<Value> _inputs = [];

    public GraphBuilder Builder { get; } = builder;

    public IReadOnlyList<Value> Inputs => _inputs;

    /// <summary>Reads a value's name and finds it.</summary>
    public Value Use()
    {
        int start = lexer.Start();
        string name = lexer.ValueName();
        return _values.TryGetValue(name, out Value? value) ? value : throw lexer.Error(
            "TSR0143", start, $"%{name} is not defined above.", NearestName.Hint(name, _values.Keys));
    }

    public void Declare(string name, int at, IrType type)
    {
        Value input = Guard("input", at, () => Builder.Emit(new Ops.Input { Name = name, Type = type }, Source(at)));
        Bind(name, at, input);
        _inputs.Add(input);
    }

    public void Emit(
        OpSchema schema,
        int at,
        List<Value?> operands,
        IReadOnlyDictionary<string, object?> attributes,
        List<(string Name, int At, IrType? Type)> results)
    {
        IReadOnlyList<Value?> layout = Layout(schema, at, operands);
        IReadOnlyList<Value> values = Guard(schema.Name, at, () =>
        {
            Op op = schema.Create(layout, attributes);
            return op is Ops.Input
                ? throw lexer.Error("TSR0141", at, "inputs are declared by 'input %name: type', not as ops.")
                : Builder.EmitAs(op, [.. results.Select(static r => r.Type)], Source(at));
        });
        if (values.Count != results.Count)
        {
            throw lexer.Error("TSR0145", at, $"{schema.Name} has {values.Count} results; {results.Count} are named.");
        }

        for (int i = 0; i < values.Count; i++)
        {
            Bind(results[i].Name, results[i].At, values[i]);
            if (results[i].Type is { } declared && !declared.Equals(values[i].Type))
            {
                throw lexer.Error("TSR0144", results[i].At, $"%{results[i].Name} is declared {declared}; inference says {values[i].Type}.");
            }
        }
    }

    // Absent optional operands at the end are not written; they are put back here.
    private IReadOnlyList<Value?> Layout(OpSchema schema, int at, List<Value?> operands)
    {
        IReadOnlyList<OperandSpec> specs = schema.Operands;
        int variadic = specs.TakeWhile(static s => s.Kind != OperandKind.Variadic).Count();
        int singles = variadic < specs.Count ? specs.Count - 1 : specs.Count;
        if (variadic == specs.Count && operands.Count > singles)
        {
            throw lexer.Error("TSR0145", at, $"{schema.Name} takes at most {singles} operands; {operands.Count} are given.");
        }

        List<Value?> layout = [.. operands, .. Enumerable.Repeat((Value?)null, Math.Max(0, singles - operands.Count))];
        int tail = specs.Count - variadic - 1;
        for (int i = 0; i < layout.Count; i++)
        {
            int spec = i < variadic ? i : i >= layout.Count - tail ? specs.Count - (layout.Count - i) : variadic;
            if (layout[i] is null && specs[spec].Kind != OperandKind.Optional)
            {
                throw lexer.Error("TSR0145", at, $"{schema.Name} needs its operand '{specs[spec].Name}' (number {i + 1}); {operands.Count} are given.");
            }
        }

        return layout;
    }

    private void Bind(string name, int at, Value value)
    {
        if (!_values.TryAdd(name, value))
        {
            throw lexer.Error("TSR0149", at, $"%{name} is defined twice.");
        }
    }

    private SourceLocation Source(int at) => new("", lexer.File, lexer.LineOf(at));

    // Attributes out of range may take an op's own code by surprise; whatever it throws, the text is what is wrong.
    private T Guard<T>(string op, int at, Func<T> emit)
    {
        try
        {
            return emit();
        }
        catch (TesseraException e) when (!e.Place.StartsWith(lexer.File, StringComparison.Ordinal))
        {
            throw lexer.Error(e.Code, at, e.Message, inner: e);
        }
        catch (Exception e) when (e is not (TesseraException or OutOfMemoryException))
        {
            throw lexer.Error("TSR0148", at, $"{op} does not accept these operands and attributes: {e.Message}", inner: e);
        }
    }
}
