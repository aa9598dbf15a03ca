using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>What graphs and subgraphs are read by.</summary>
internal static class GraphReading
{
    /// <summary>Weights of a subgraph up to this size are constants there; larger ones are weights of the whole graph.</summary>
    private const long MostInnerBytes = 1 << 10;

    /// <summary>Lists of integers up to this length may be sizes.</summary>
    private const long MostSizes = 64;

    public static Value Input(ValueInfoProto info, ReadScope scope, IrType? given = null)
    {
        Value value = scope.Builder.Emit(new Input { Name = info.Name, Type = SubgraphTypes.Known(TypeReader.Read(info.Type, info.Name), given) });
        scope.Bind(info.Name, new ReadValue(value));
        return value;
    }

    /// <summary>Notes the words of values before these are made.</summary>
    public static void Note(IEnumerable<ValueInfoProto> values, ReadScope scope)
    {
        foreach (ValueInfoProto value in values)
        {
            if (Words.Of(value) is { } said)
            {
                scope.Words.TryAdd(value.Name, said);
            }
        }
    }

    /// <summary>Initializers as weights, then nodes in their order.</summary>
    public static void Body(GraphProto graph, ReadScope scope, NodeReader nodes, ExternalDataReader? external, bool isOurs)
    {
        Note(graph.ValueInfo.Concat(graph.Output), scope);
        // What is an input too has been bound as one.
        foreach (TensorProto tensor in graph.Initializer.Where(t => !scope.Binds(t.Name)))
        {
            scope.Bind(tensor.Name, Weight(tensor, scope, external, isOurs));
        }

        foreach (SparseTensorProto sparse in graph.SparseInitializer.Where(t => !scope.Binds(t.Values.Name)))
        {
            WeightSource source = SparseReader.Read(sparse, external);
            scope.Bind(sparse.Values.Name, new ReadValue(scope.IsRegion
                ? scope.Builder.Emit(new Constant { Value = TensorContent.FromBytes(source.DType, source.Dims, source.ToArray()) })
                : scope.Hoist(sparse.Values.Name, source)));
        }

        foreach (NodeProto node in graph.Node)
        {
            nodes.Read(node, scope);
        }
    }

    private static ReadValue Weight(TensorProto tensor, ReadScope scope, ExternalDataReader? external, bool isOurs)
    {
        if ((DType)tensor.DataType == DType.String)
        {
            return new ReadValue(Constant(tensor, scope, external));
        }

        WeightSource source = TensorReader.Read(tensor, external);
        IReadOnlyList<Dim>? sizes = source.DType is DType.I64 or DType.I32 && source.Count <= MostSizes
            ? [.. Ir.Evaluate.RefTensors.FromSource(source).I.Select(Dim.Const)]
            : null;
        // A lone element is a number that rules look for (an epsilon, a scale), not a weight.
        return !isOurs && source.Count == 1 && source.ByteLength > 0 && !scope.Trained.Contains(tensor.Name)
            ? new ReadValue(Constant(tensor, scope, external), sizes)
            : new ReadValue(scope.IsRegion ? Inner(tensor, source, scope, external) : scope.Hoist(tensor.Name, source), sizes);
    }

    private static Value Constant(TensorProto tensor, ReadScope scope, ExternalDataReader? external)
    {
        Value value = scope.Builder.Emit(new Constant { Value = AttributeReader.Content(tensor, external) });
        ValueInfoProto? words = null;
        if (Words.Of(tensor) is { } said)
        {
            words = new ValueInfoProto { DocString = said.DocString };
            words.MetadataProps.AddRange(said.MetadataProps);
        }

        GraphBuilder.Note(value, new ValueRemark(tensor.Name, words));
        return value;
    }

    // A region has no weights of its own: a large one is hoisted and captured.
    private static Value Inner(TensorProto tensor, WeightSource source, ReadScope scope, ExternalDataReader? external)
    {
        if (source.ByteLength <= MostInnerBytes)
        {
            return Constant(tensor, scope, external);
        }

        string path = tensor.Name;
        for (int i = 1; scope.Weights.ContainsKey(path); i++)
        {
            path = $"{tensor.Name}.{i}";
        }

        return scope.Hoist(path, source);
    }
}
