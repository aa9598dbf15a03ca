using Tessera.Ir;
using Tessera.Ir.Onnx;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// What must hold of a model before anything is made of it: names are there, can be written again and are given once, functions
/// do not call each other in a circle, and nodes, nesting and bytes stay within the limits once functions are inlined.
/// </summary>
internal sealed class ModelCheck(ModelProto model, FunctionLibrary functions, ReadLimits limits)
{
    /// <summary>Nodes after inlining, and how deep they nest.</summary>
    private readonly record struct Extent(long Nodes, int Depth)
    {
        /// <summary>Not a sum that may overflow: whatever comes near has passed every limit.</summary>
        public Extent Plus(Extent inner) => new(Math.Min(Nodes + inner.Nodes, long.MaxValue / 4), Math.Max(Depth, inner.Depth + 1));
    }

    private readonly Dictionary<FunctionProto, Extent?> _known = new(ReferenceEqualityComparer.Instance);
    private readonly bool _isOurs = ModelMetadata.IsOurs(model);
    private long _bytes;
    private long _dense;

    /// <exception cref="TesseraException">TSR0814, TSR0823, TSR0830 to TSR0832.</exception>
    public void Run()
    {
        foreach (FunctionProto function in model.Functions)
        {
            Function(function, 1);
        }

        Graph(model.Graph, 0);
        foreach (GraphProto? training in model.TrainingInfo.SelectMany(static t => new[] { t.Initialization, t.Algorithm }))
        {
            if (training is not null)
            {
                Graph(training, 0);
            }
        }
    }

    private Extent Graph(GraphProto graph, int depth)
    {
        DefinedNames names = new(graph.Name);
        names.Inputs(graph.Input.Select(static i => i.Name));
        foreach (TensorProto tensor in graph.Initializer)
        {
            names.Initializer(tensor.Name);
            Count(tensor);
        }

        foreach (SparseTensorProto tensor in graph.SparseInitializer)
        {
            names.Initializer(tensor.Values?.Name ?? "");
            Count(tensor);
        }

        Extent extent = Nodes(graph.Node, names, depth);
        names.Outputs(graph.Output.Select(static o => o.Name));
        return extent;
    }

    private Extent Function(FunctionProto function, int depth)
    {
        if (_known.TryGetValue(function, out Extent? known))
        {
            return known ?? throw new TesseraException("TSR0814", Name(function), "the function calls itself.", "A function must not call itself, nor one that calls it.");
        }

        _known.Add(function, null);
        DefinedNames names = new(Name(function));
        names.Inputs(function.Input);
        Extent extent = Nodes(function.Node, names, depth);
        names.Outputs(function.Output);
        _known[function] = extent;
        return extent;
    }

    private Extent Nodes(IEnumerable<NodeProto> nodes, DefinedNames names, int depth)
    {
        if (depth > limits.MaxDepth)
        {
            throw Exceeded(names.Place, $"subgraphs and calls of functions nest deeper than {limits.MaxDepth}");
        }

        Extent total = new(0, 0);
        foreach (NodeProto node in nodes)
        {
            string place = node.Name.Length > 0 ? node.Name : node.OpType;
            names.Node(node, place);
            total = total with { Nodes = total.Nodes + 1 };
            foreach (AttributeProto attribute in node.Attribute)
            {
                total = Attribute(attribute, depth, total);
            }

            if (functions.Find(node) is { } callee && !(_isOurs && node.Domain == OnnxMapping.TesseraDomain))
            {
                total = total.Plus(Function(callee, depth + 1));
            }

            if (total.Nodes > limits.MaxNodes)
            {
                throw Exceeded(place, $"the model has more than {limits.MaxNodes} nodes once its functions are inlined");
            }

            if (depth + total.Depth > limits.MaxDepth)
            {
                throw Exceeded(place, $"subgraphs and calls of functions nest deeper than {limits.MaxDepth}");
            }
        }

        return total;
    }

    private Extent Attribute(AttributeProto attribute, int depth, Extent total)
    {
        if (attribute.T is { } tensor)
        {
            Count(tensor);
        }

        foreach (SparseTensorProto sparse in attribute.SparseTensor is { } given ? attribute.SparseTensors.Prepend(given) : attribute.SparseTensors)
        {
            Count(sparse);
        }

        if (attribute.G is { } graph)
        {
            total = total.Plus(Graph(graph, depth + 1));
        }

        foreach (TensorProto one in attribute.Tensors)
        {
            Count(one);
        }

        foreach (GraphProto inner in attribute.Graphs)
        {
            total = total.Plus(Graph(inner, depth + 1));
        }

        return total;
    }

    // Sparse ones are made dense: few bytes of the file can ask for all memory there is.
    private void Count(SparseTensorProto sparse)
    {
        foreach (TensorProto? part in (TensorProto?[])[sparse.Values, sparse.Indices])
        {
            if (part is not null)
            {
                Count(part);
            }
        }

        ulong sum = (ulong)_dense + (ulong)SparseReader.DenseBytes(sparse);
        _dense = sum <= SparseReader.MostBytes
            ? (long)sum
            : throw Exceeded(sparse.Values?.Name ?? "", $"the sparse tensors of the model take more than {SparseReader.MostBytes} bytes when dense");
    }

    private void Count(TensorProto tensor)
    {
        if (((DType)tensor.DataType).Bits() > 0)
        {
            // The sum of two numbers of 63 bits fits in 64.
            ulong sum = (ulong)_bytes + (ulong)TensorReader.ByteLength(tensor);
            _bytes = sum <= (ulong)limits.MaxBytes
                ? (long)sum
                : throw Exceeded(tensor.Name, $"the tensors of the model take more than {limits.MaxBytes} bytes");
        }
    }

    private static string Name(FunctionProto function) => $"{function.Domain}:{function.Name}";

    private static TesseraException Exceeded(string place, string what) => new("TSR0830", place, $"{what}.", "Raise the limit if the file is trusted.");
}
