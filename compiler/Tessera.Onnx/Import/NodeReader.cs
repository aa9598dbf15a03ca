using Tessera.Ir.Onnx;
using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Reads nodes as ops by the inverted mapping tables.</summary>
internal sealed class NodeReader(Func<string, long> versionOf, string? file, SizeClaims claims)
{
    public void Read(NodeProto node, ReadScope scope)
    {
        ReadValue?[] inputs = [.. node.Input.Select(name => name.Length == 0 ? null : scope.Find(name)
            ?? throw Error(node, "TSR0811", $"it uses '{name}', which nothing before it makes."))];
        if (node is { OpType: "Identity", Domain: "" or "ai.onnx" })
        {
            scope.Bind(node.Output[0], inputs[0]!);
            return;
        }

        IReadOnlyList<Dim>? sizes = ShapeFolding.Fold(node, inputs, scope.Builder.Facts);
        IReadOnlyList<Value?>? results = Build(node, inputs, scope);
        if (results is null && sizes is null)
        {
            throw NotKnown(node);
        }

        for (int i = 0; i < node.Output.Count; i++)
        {
            Value? value = results is not null && i < results.Count ? results[i] : null;
            IReadOnlyList<Dim>? content = i == 0 && sizes is not null ? sizes : value?.Producer.DimContent(i);
            if (value is not null)
            {
                claims.Note(node.Output[i], value);
                value = NormalForm.AsSize(scope.Builder, value, content, value.Source);
            }

            scope.Bind(node.Output[i], new ReadValue(value, content) { Raised = ShapeFolding.Raised(node, inputs) });
        }
    }

    private IReadOnlyList<Value?>? Build(NodeProto node, ReadValue?[] inputs, ReadScope scope)
    {
        string domain = node.Domain == "ai.onnx" ? "" : node.Domain;
        SourceLocation source = new(node.DocString, file);
        foreach (RowEntry entry in RowIndex.Find(domain, node.OpType, versionOf(domain)))
        {
            if (new OpAssembly(this, entry, node, inputs, scope).Build() is { } op)
            {
                return AtPositions(entry.Row, Emit(node, op, scope.Builder, source));
            }
        }

        return null;
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

    private IReadOnlyList<Value> Emit(NodeProto node, Op op, GraphBuilder builder, SourceLocation source)
    {
        try
        {
            return builder.EmitAll(op, source);
        }
        catch (TesseraException error)
        {
            throw new TesseraException(error.Code, Place(node), error.Message, inner: error);
        }
    }

    /// <summary>A subgraph as a closed region: its inputs, then what it captures.</summary>
    public ReadScope ReadSubgraph(GraphProto graph, ReadScope outer, out IReadOnlyList<Value> parameters, out IReadOnlyList<Value> results)
    {
        ReadScope scope = new(new GraphBuilder(outer.Builder.Constraints), outer);
        parameters = [.. graph.Input.Select(i => GraphReading.Input(i, scope))];
        GraphReading.Body(graph, scope, this, external: null);
        results = [.. graph.Output.Select(o => scope.Find(o.Name)?.Value
            ?? throw new TesseraException("TSR0811", graph.Name, $"nothing makes its result '{o.Name}'."))];
        return scope;
    }

    private TesseraException NotKnown(NodeProto node) => Error(
        node, "TSR0812", $"{(node.Domain.Length == 0 ? "ai.onnx" : node.Domain)}:{node.OpType} at opset {versionOf(node.Domain)} with attributes "
        + $"[{string.Join(", ", node.Attribute.Select(static a => a.Name))}] has no counterpart here, or a shape it is given is not known.");

    private TesseraException Error(NodeProto node, string code, string message) => new(code, Place(node), message);

    private string Place(NodeProto node) => file is null ? node.Name : $"{node.Name} ({Path.GetFileName(file)})";
}
