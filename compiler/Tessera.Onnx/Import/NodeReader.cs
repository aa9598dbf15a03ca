using Tessera.Ir;
using Tessera.Ir.Onnx;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Reads nodes as ops by the inverted mapping tables; what no row fits is carried through as it is.</summary>
/// <param name="context">What holds for the model.</param>
/// <param name="versionOf">Version of each domain's opset in the graph or function that is read.</param>
/// <param name="depth">How many function calls deep it stands.</param>
/// <param name="call">Place of the function call whose body is read; empty outside functions.</param>
internal sealed class NodeReader(ReadContext context, Func<string, long> versionOf, int depth = 0, string call = "")
{
    private const int MostShown = 16;

    public int Depth => depth;

    /// <summary>Where a node's results come from.</summary>
    public SourceLocation Source(NodeProto node) => context.Source(node, call);

    /// <summary>Where external data is looked for; null where there can be none.</summary>
    public ExternalDataReader? External => context.External;

    public long VersionOf(string domain) => versionOf(domain is "ai.onnx" ? "" : domain);

    public void Read(NodeProto node, ReadScope scope)
    {
        try
        {
            ReadNode(node, scope);
        }
        catch (Exception error) when (error is not (TesseraException or OutOfMemoryException))
        {
            // Operands and attributes of a damaged file may take an op's own code by surprise.
            throw new TesseraException("TSR0816", context.Place(node), $"{node.OpType} does not accept these inputs and attributes: {error.Message}", "The file is damaged; write it anew.", error);
        }
    }

    private void ReadNode(NodeProto node, ReadScope scope)
    {
        if (node is { OpType: "Identity", Domain: "" or "ai.onnx", Input: [var same], Output: [var other] } && Input(node, same, scope) is { } known)
        {
            scope.Bind(other, known);
            return;
        }

        if (context.Functions.Find(node) is { } function && !(context.IsOurs && node.Domain == OnnxMapping.TesseraDomain))
        {
            FunctionCall.Read(context, this, function, node, scope);
            return;
        }

        ReadValue?[] inputs = [.. node.Input.Select(name => scope.IsMissing(name) ? null : Input(node, name, scope))];
        IReadOnlyList<Dim>? sizes = Sizes(node, inputs, scope);
        SourceLocation source = Source(node);
        List<string> reasons = [];
        IReadOnlyList<Value?>? results = Build(node, inputs, scope, source, reasons);
        if (results is null && sizes is null)
        {
            results = Carry(node, inputs, scope, source, reasons);
        }

        Note(node, inputs, results);
        Bind(node, inputs, results, sizes, scope);
    }

    // Of several ops that stand for the node, the one that gives its result has its name.
    private void Note(NodeProto node, ReadValue?[] inputs, IReadOnlyList<Value?>? results)
    {
        if (IsGiven(node) && results?.FirstOrDefault(static r => r is not null) is { Producer: not (Ir.Ops.Input or Ir.Ops.Parameter) } made
            && !inputs.Any(i => ReferenceEquals(i?.Value, made)))
        {
            GraphBuilder.Note(made.Producer, NodeRemark.Of(node, node.Name.Length > 0 ? Source(node).ModulePath : ""));
        }
    }

    // Nodes that a translation makes have names that nobody gave them.
    private bool IsGiven(NodeProto node) => context.IsNamed && !context.Versions.ContainsKey(node);

    // Arithmetic that leaves 64 bits or divides by zero is not that of sizes; what becomes of it is left to the run.
    private static IReadOnlyList<Dim>? Sizes(NodeProto node, ReadValue?[] inputs, ReadScope scope)
    {
        try
        {
            return ShapeFolding.Fold(node, inputs, scope.Builder.Facts);
        }
        catch (TesseraException)
        {
            return null;
        }
    }

    /// <summary>What a name stands for.</summary>
    public ReadValue Input(NodeProto node, string name, ReadScope scope) => scope.Find(name)
        ?? throw Error(node, "TSR0811", $"it uses '{name}', which nothing before it makes.");

    private void Bind(NodeProto node, ReadValue?[] inputs, IReadOnlyList<Value?>? results, IReadOnlyList<Dim>? sizes, ReadScope scope)
    {
        for (int i = 0; i < node.Output.Count; i++)
        {
            Value? value = results is not null && i < results.Count ? results[i] : null;
            IReadOnlyList<Dim>? content = i == 0 && sizes is not null ? sizes : value?.Sizes;
            if (value is not null)
            {
                context.Claims.Note(node.Output[i], value);
                value = NormalForm.AsSize(scope.Builder, value, content, value.Source);
                if (IsGiven(node) && value.Producer is not (Ir.Ops.Input or Ir.Ops.Parameter))
                {
                    GraphBuilder.Note(value, new ValueRemark(ReadContext.Inside(call, node.Output[i]), scope.Words.GetValueOrDefault(node.Output[i])));
                }
            }

            if (node.Output[i].Length > 0)
            {
                scope.Bind(node.Output[i], new ReadValue(value, content) { Raised = ShapeFolding.Raised(node, inputs) });
            }
        }
    }

    private IReadOnlyList<Value?> Carry(NodeProto node, ReadValue?[] inputs, ReadScope scope, SourceLocation source, List<string> reasons)
    {
        if (context.IsStrict)
        {
            throw NotKnown(node);
        }

        long version = VersionOf(node, node.Domain);
        long until = OpsetChanges.Until(node, version);
        if (until <= EmitOptions.MaxOpset && node.Domain is "" or "ai.onnx" && OpsetUpgrades.Of(node, inputs.FirstOrDefault()?.Value?.Type) is { } upgrade)
        {
            return Upgraded(node, upgrade.Nodes, upgrade.Version, scope);
        }

        context.Notes.Carry(node, version, reasons.Count > 0 ? string.Join("; ", reasons.Distinct()) : Unknown(node, inputs));
        return OpaqueReader.Read(node, version, until, inputs, scope, context, source);
    }

    private IReadOnlyList<Value?> Upgraded(NodeProto node, IReadOnlyList<NodeProto> made, long version, ReadScope scope)
    {
        foreach (NodeProto part in made)
        {
            ReadAs(part, version, scope);
        }

        return [.. node.Output.Select(name => name.Length > 0 && scope.Find(name) is { } value ? scope.Materialize(value) : null)];
    }

    /// <summary>Reads a node made in the place of another under a version of its own; nodes in its subgraphs too, where they are noted.</summary>
    public void ReadAs(NodeProto node, long version, ReadScope scope)
    {
        context.Versions[node] = version;
        Read(node, scope);
    }

    /// <summary>Notes the version of a node in a subgraph that is made.</summary>
    public void Note(NodeProto node, long version) => context.Versions[node] = version;

    private long VersionOf(NodeProto node, string domain) => context.Versions.TryGetValue(node, out long version) ? version : VersionOf(domain);

    private IReadOnlyList<Value?>? Build(NodeProto node, ReadValue?[] inputs, ReadScope scope, SourceLocation source, List<string> reasons)
    {
        string domain = node.Domain == "ai.onnx" ? "" : node.Domain;
        RowEntry[] rows = [.. RowIndex.Find(domain, node.OpType, VersionOf(node, domain))];
        return Translated(domain, node, inputs, scope, source, reasons, first: true)
            ?? ByRow(rows.Where(static r => !r.IsDynamic), node, inputs, scope, source, reasons)
            ?? Translated(domain, node, inputs, scope, source, reasons, first: false)
            ?? ByRow(rows.Where(static r => r.IsDynamic), node, inputs, scope, source, reasons);
    }

    private IReadOnlyList<Value?>? ByRow(
        IEnumerable<RowEntry> rows, NodeProto node, ReadValue?[] inputs, ReadScope scope, SourceLocation source, List<string> reasons)
    {
        foreach (RowEntry entry in rows)
        {
            if (new OpAssembly(this, entry, node, inputs, scope).Build() is { } op
                && Emit(node, op, scope.Builder, source, reasons) is { } results
                && AtPositions(entry.Row, results) is var spread && Gives(spread, node))
            {
                return spread;
            }
        }

        return null;
    }

    private IReadOnlyList<Value?>? Translated(
        string domain, NodeProto node, ReadValue?[] inputs, ReadScope scope, SourceLocation source, List<string> reasons, bool first)
    {
        foreach (Translation translation in Translations.Find(domain, node.OpType, VersionOf(node, domain)).Where(t => t.ComesFirst == first && (t.IsOurs || !context.IsOurs)))
        {
            try
            {
                if (translation.Read(new NodeView(node, inputs, scope, source, VersionOf(node, domain)) { Reader = this }) is { } results && Gives(results, node))
                {
                    return results;
                }
            }
            catch (TesseraException error)
            {
                reasons.Add(error.Message);
            }
        }

        return null;
    }

    // A result that the node has and the op has not (the mean of a normalisation) is one too many.
    private static bool Gives(IReadOnlyList<Value?> results, NodeProto node)
    {
        for (int i = 0; i < node.Output.Count; i++)
        {
            if (node.Output[i].Length > 0 && (i >= results.Count || results[i] is null))
            {
                return false;
            }
        }

        return true;
    }

    private static IReadOnlyList<Value?> AtPositions(OnnxRow row, IReadOnlyList<Value> results)
    {
        if (row.Outputs is not { } positions)
        {
            return results;
        }

        Value?[] spread = new Value?[positions[^1] + 1];
        for (int i = 0; i < results.Count; i++)
        {
            spread[positions[i]] = results[i];
        }

        return spread;
    }

    // What a foreign model holds may be beyond the op's inference here and right nevertheless: it is carried through then.
    private IReadOnlyList<Value>? Emit(NodeProto node, Op op, GraphBuilder builder, SourceLocation source, List<string> reasons)
    {
        try
        {
            return builder.EmitAll(op, source);
        }
        catch (TesseraException error) when (!context.IsStrict)
        {
            reasons.Add(error.Message);
            return null;
        }
        catch (TesseraException error)
        {
            throw new TesseraException(error.Code, context.Place(node), error.Message, inner: error);
        }
    }

    /// <summary>The results of a subgraph in its node's place, its inputs being the arguments.</summary>
    public IReadOnlyList<Value> Inline(GraphProto graph, IReadOnlyList<Value> arguments, ReadScope scope)
    {
        ReadScope inner = new(scope.Builder) { Caller = scope, Weights = scope.Weights, IsInlined = true };
        foreach ((ValueInfoProto input, Value argument) in graph.Input.Zip(arguments))
        {
            inner.Bind(input.Name, new ReadValue(argument));
        }

        GraphReading.Body(graph, inner, this, context.External, context.IsOurs);
        return [.. graph.Output.Select(o => inner.Materialize(inner.Find(o.Name)
            ?? throw new TesseraException("TSR0811", graph.Name, $"nothing makes its result '{o.Name}'.")))];
    }

    /// <summary>A subgraph as a closed region: its inputs, then what it captures.</summary>
    public ReadScope ReadSubgraph(GraphProto graph, ReadScope outer, IReadOnlyList<IrType?> given, out IReadOnlyList<Value> parameters, out IReadOnlyList<Value> results)
    {
        ReadScope scope = new(new GraphBuilder(outer.Builder.Constraints) { TakesClaims = outer.Builder.TakesClaims }, outer);
        context.Claims.Claim(graph);
        parameters = [.. graph.Input.Select((input, i) => Parameter(input, scope, i < given.Count ? given[i] : null))];
        GraphReading.Body(graph, scope, this, context.External, context.IsOurs);
        results = [.. graph.Output.Select(o => scope.Materialize(scope.Find(o.Name)
            ?? throw new TesseraException("TSR0811", graph.Name, $"nothing makes its result '{o.Name}'.")))];
        return scope;
    }

    private Value Parameter(ValueInfoProto input, ReadScope scope, IrType? given)
    {
        Value value = GraphReading.Input(input, scope, given);
        if (context.IsNamed)
        {
            GraphBuilder.Note(value, new ValueRemark(ReadContext.Inside(call, input.Name), Words.Of(input)));
        }

        return value;
    }

    private static string Names(NodeProto node) =>
        string.Join(", ", node.Attribute.Take(MostShown).Select(static a => a.Name)) + (node.Attribute.Count > MostShown ? ", …" : "");

    private static string Unknown(NodeProto node, ReadValue?[] inputs) =>
        $"no form of it is known with {inputs.Length} inputs and attributes [{Names(node)}], or a shape that it is given is known only at run time";

    private TesseraException NotKnown(NodeProto node) => Error(
        node, "TSR0812", $"{(node.Domain.Length == 0 ? "ai.onnx" : node.Domain)}:{node.OpType} at opset {VersionOf(node.Domain)} with attributes "
        + $"[{Names(node)}] has no counterpart here, or a shape it is given is not known.");

    private TesseraException Error(NodeProto node, string code, string message) => new(code, context.Place(node), message);
}
