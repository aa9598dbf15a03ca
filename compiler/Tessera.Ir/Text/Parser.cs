namespace Tessera.Ir.Text;

/// <summary>
/// Reads the text form that <see cref="Printer"/> writes. Result types may be left out, since inference knows them; where
/// they are given they are checked, and sizes that only run time knows take the names they have in the text.
/// </summary>
public sealed class Parser
{
    private const int DeepestNesting = 64;
    private readonly Lexer _lexer;
    private int _depth;

    private Parser(Lexer lexer) => _lexer = lexer;

    /// <param name="text">One graph.</param>
    /// <param name="file">Name for errors and for the provenance of values.</param>
    /// <param name="takesClaims">Whether it is a graph whose sizes are claims (<see cref="GraphBuilder.TakesClaims"/>), as an imported one.</param>
    /// <exception cref="TesseraException">TSR0140 to TSR0149, with line and column: the text is no graph.</exception>
    public static Graph Parse(string text, string? file = null, bool takesClaims = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        Lexer lexer = new(text, file ?? "text");
        Graph graph = new Parser(lexer).ReadGraph(takesClaims);
        Verifier.Verify(graph);
        return graph;
    }

    private Graph ReadGraph(bool takesClaims)
    {
        if (!_lexer.AcceptWord("graph"))
        {
            throw _lexer.Expected("'graph'");
        }

        string name = _lexer.Quoted();
        _lexer.Expect('{');
        ParserScope scope = new(_lexer, new GraphBuilder { TakesClaims = takesClaims });
        List<GraphOutput> outputs = [];
        List<string> ragged = [];
        List<Constraint> each = [];
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        while (!_lexer.Accept('}'))
        {
            if (!ReadHeaderLine(scope, ragged, each, metadata) && !ReadOutput(scope, outputs))
            {
                ReadOp(scope);
            }
        }

        return _lexer.AtEnd
            ? new Graph { Name = name, Builder = scope.Builder, Inputs = scope.Inputs, Outputs = outputs, Ragged = ragged, Each = each, Metadata = metadata }
            : throw _lexer.Expected("the end of the text after the graph");
    }

    private bool ReadHeaderLine(ParserScope scope, List<string> ragged, List<Constraint> each, Dictionary<string, string> metadata)
    {
        if (_lexer.AcceptWord("input"))
        {
            ReadInput(scope);
        }
        else if (_lexer.AcceptWord("where"))
        {
            scope.Builder.Assume(ReadConstraint());
        }
        else if (_lexer.AcceptWord("each"))
        {
            each.Add(ReadConstraint());
        }
        else if (_lexer.AcceptWord("ragged"))
        {
            ragged.Add(ParserAttributes.ReadSymbol(_lexer));
        }
        else if (_lexer.AcceptWord("meta"))
        {
            string key = _lexer.Quoted();
            _lexer.Expect('=');
            metadata[key] = _lexer.Quoted();
        }
        else
        {
            return false;
        }

        return true;
    }

    private bool ReadOutput(ParserScope scope, List<GraphOutput> outputs)
    {
        if (!_lexer.AcceptWord("output"))
        {
            return false;
        }

        string name = _lexer.Quoted();
        _lexer.Expect('=');
        outputs.Add(new GraphOutput(name, scope.Use()));
        return true;
    }

    private Constraint ReadConstraint()
    {
        int start = _lexer.Start();
        if (!Constraint.TryParse(_lexer.Text.AsSpan(start), out Constraint? constraint, out int consumed))
        {
            throw _lexer.Expected("a constraint such as n >= 1 or h % 14 == 0", start);
        }

        _lexer.At = start + consumed;
        return constraint;
    }

    private void ReadInput(ParserScope scope)
    {
        int start = _lexer.Start();
        string name = _lexer.ValueName();
        _lexer.Expect(':');
        IrType type = ParserAttributes.ReadType(_lexer);
        scope.Declare(name, start, type);
    }

    // %a: T, %b: T = op %x, _ {attribute = value, …}
    private void ReadOp(ParserScope scope)
    {
        int start = _lexer.Start();
        if (_lexer.Peek() != '%')
        {
            throw _lexer.Expected("a result such as %0, or one of input, where, each, ragged, meta, output, '}'", start);
        }

        List<(string Name, int At, IrType? Type)> results = [];
        do
        {
            int at = _lexer.Start();
            string name = _lexer.ValueName();
            results.Add((name, at, _lexer.Accept(':') ? ParserAttributes.ReadType(_lexer) : null));
        }
        while (_lexer.Accept(','));
        _lexer.Expect('=');
        int place = _lexer.Start();
        string opName = _lexer.Word("an op");
        OpSchema schema = OpRegistry.Find(opName) ?? throw _lexer.Error(
            "TSR0141", place, $"there is no op '{opName}'.", NearestName.Hint(opName, OpRegistry.All.Select(static s => s.Name)));
        List<Value?> operands = ReadOperands(scope);
        scope.Emit(schema, place, operands, ReadAttributes(schema, scope, place), results);
    }

    private List<Value?> ReadOperands(ParserScope scope)
    {
        List<Value?> operands = [];
        if (_lexer.Peek() is '%' or '_' && !NextIsResult())
        {
            do
            {
                operands.Add(_lexer.AcceptWord("_") ? null : scope.Use());
            }
            while (_lexer.Accept(','));
        }

        return operands;
    }

    // An op without operands is followed by the results of the next line: those have a type or an equals sign after the name.
    private bool NextIsResult()
    {
        int start = _lexer.At;
        bool isResult = false;
        if (_lexer.Peek() == '%')
        {
            _lexer.ValueName();
            isResult = _lexer.Peek() is ':' or '=';
        }

        _lexer.At = start;
        return isResult;
    }

    private Dictionary<string, object?> ReadAttributes(OpSchema schema, ParserScope scope, int place)
    {
        Dictionary<string, object?> attributes = new(StringComparer.Ordinal);
        if (_lexer.Accept('{'))
        {
            while (!_lexer.Accept('}'))
            {
                if (attributes.Count > 0)
                {
                    _lexer.Expect(',');
                }

                ReadAttribute(schema, scope, attributes);
            }
        }

        return schema.Attributes.FirstOrDefault(a => a.Required && !attributes.ContainsKey(a.Name)) is { } missing
            ? throw _lexer.Error("TSR0142", place, $"{schema.Name} needs the attribute '{missing.Name}'.")
            : attributes;
    }

    private void ReadAttribute(OpSchema schema, ParserScope scope, Dictionary<string, object?> attributes)
    {
        int start = _lexer.Start();
        string name = _lexer.Word("an attribute");
        AttributeSpec spec = schema.Attributes.FirstOrDefault(a => a.Name == name) ?? throw _lexer.Error(
            "TSR0142", start, $"{schema.Name} has no attribute '{name}'.", NearestName.Hint(name, schema.Attributes.Select(static a => a.Name)));
        _lexer.Expect('=');
        if (!attributes.TryAdd(name, ParserAttributes.Read(_lexer, spec, () => ReadRegion(scope))))
        {
            throw _lexer.Error("TSR0142", start, $"the attribute '{name}' is given twice.");
        }
    }

    private Region ReadRegion(ParserScope outer)
    {
        int start = _lexer.Start();
        if (++_depth > DeepestNesting)
        {
            throw _lexer.Error("TSR0146", start, $"regions nest deeper than {DeepestNesting}.");
        }

        _lexer.Expect('{');
        ParserScope scope = new(_lexer, new GraphBuilder(outer.Builder.Constraints) { TakesClaims = outer.Builder.TakesClaims });
        List<Value>? results = null;
        while (!_lexer.Accept('}'))
        {
            if (results is not null)
            {
                throw _lexer.Expected("'}' after the yield of a region");
            }

            if (_lexer.AcceptWord("input"))
            {
                ReadInput(scope);
            }
            else if (_lexer.AcceptWord("yield"))
            {
                results = ReadYield(scope);
            }
            else
            {
                ReadOp(scope);
            }
        }

        _depth--;
        return new Region(scope.Builder, scope.Inputs, results ?? throw _lexer.Error("TSR0140", start, "the region that starts here yields nothing."));
    }

    private List<Value> ReadYield(ParserScope scope)
    {
        List<Value> results = [];
        if (_lexer.Peek() == '%')
        {
            do
            {
                results.Add(scope.Use());
            }
            while (_lexer.Accept(','));
        }

        return results;
    }
}
