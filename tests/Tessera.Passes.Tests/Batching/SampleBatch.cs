using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;
using Tessera.Ir.Ops;
using Tessera.Passes.Batching;
using Tessera.Testing;

namespace Tessera.Passes.Tests.Batching;

/// <summary>
/// One sample of an op as the graph of one example, ragged in n, and a batch of examples of different lengths. One of them
/// holds NaN alone, and so does all padding: whatever leaks shows.
/// </summary>
internal sealed class SampleBatch
{
    private const string Ragged = "n";
    private const int Poisoned = 1;
    private const int OldestOpset = 17;

    private readonly OpSample _sample;
    private readonly Graph _single;
    private readonly BatchMode _mode;

    /// <param name="sample">The op.</param>
    /// <param name="mode">Layout of the batch.</param>
    /// <param name="shared">Which inputs are the same for all examples.</param>
    public SampleBatch(OpSample sample, BatchMode mode, Sharing shared)
    {
        Graph graph = SampleInputs.Graph(sample);
        graph = shared switch
        {
            Sharing.Fixed => Shared(graph, static v => v.Type is TensorType { Shape.IsStatic: true }),
            Sharing.AllButFirst => Shared(graph, v => v.Type is TensorType { Shape.IsStatic: true } && !ReferenceEquals(v, graph.Inputs[0])),
            _ => graph,
        };
        _sample = sample;
        _single = graph with { Ragged = mode == BatchMode.Dense ? [] : [Ragged] };
        _mode = mode;
    }

    /// <summary>Length of each example.</summary>
    public long[] Lengths { get; init; } = [];

    /// <summary>Whether the batch runs on the bodies of its ops instead of the ops.</summary>
    public bool Lowered { get; init; }

    /// <summary>Whether there is something to batch: inputs, n among the sizes of one unless they are all alike, and nothing but tensors.</summary>
    public bool Applies => _single.Inputs.Count > 0
        && _single.Inputs.All(static v => v.Type is TensorType { Shape: not null })
        && (_mode == BatchMode.Dense || _single.Inputs.Any(static v => v.Shape.Symbols.Contains(Ragged)))
        && _single.Inputs.All(v => !_sample.Fixed.ContainsKey(Name(v)) || _mode == BatchMode.Dense || !v.Shape.Symbols.Contains(Ragged));

    /// <summary>The batched graph.</summary>
    /// <exception cref="TesseraException">The op cannot be batched so.</exception>
    public Graph Batch() => BatchPass.Run(_single, _mode);

    /// <summary>Whether the op is defined for each example: some are not for an empty one.</summary>
    public bool IsDefined
    {
        get
        {
            try
            {
                IReadOnlyDictionary<string, RefValue> weights = SampleInputs.Weights(_sample, _single, Sizes(0));
                return Lengths.Select(Example).Select(e => Evaluator.Run(_single, e, weights)).ToArray().Length > 0;
            }
            catch (TesseraException error) when (error.Code == "TSR0301")
            {
                return false;
            }
        }
    }

    /// <summary>Results of each example by itself, and those of the batch split into examples again.</summary>
    /// <exception cref="TesseraException">The op cannot be batched so.</exception>
    public IEnumerable<(RefTensor Alone, RefTensor Batched)> Run()
    {
        Graph batched = Batch();
        batched = Lowered ? new Legalizer(OldestOpset, static domain => domain.Length == 0).Run(batched) : batched;
        Verifier.Verify(batched);
        Dictionary<string, RefValue>[] examples = [.. Lengths.Select(Example)];
        IReadOnlyDictionary<string, RefValue> weights = SampleInputs.Weights(_sample, _single, Sizes(0));
        Dictionary<string, RefTensor> results = batched.Outputs
            .Zip(Evaluator.Run(batched, Inputs(examples), weights))
            .ToDictionary(static p => p.First.Name, static p => (RefTensor)p.Second);
        for (int b = 0; b < examples.Length; b++)
        {
            IReadOnlyList<RefValue> alone = Evaluator.Run(_single, examples[b], weights);
            for (int o = 0; o < alone.Count; o++)
            {
                RefTensor result = (RefTensor)alone[o];
                yield return (result, Part(results, _single.Outputs[o], b, result.Dims));
            }
        }
    }

    private static Graph Shared(Graph graph, Func<Value, bool> isShared)
    {
        Dictionary<Value, Value> known = graph.Inputs.ToDictionary(
            static v => v,
            v => isShared(v) ? graph.Builder.Parameter(Name(v), v.Type) : v);
        IReadOnlyList<Value> roots = GraphWalk.Rebuild(
            graph.Roots, known, (op, operands) => graph.Builder.EmitAll(op.WithOperands(operands)));
        return graph.WithRoots(roots) with { Inputs = [.. graph.Inputs.Where(v => ReferenceEquals(known[v], v))] };
    }

    private Dictionary<string, long> Sizes(long length) => new(_sample.Sizes[0]) { [Ragged] = length };

    private Dictionary<string, RefValue> Example(long length, int index)
    {
        Dictionary<string, RefValue> values = new(SampleInputs.For(_sample, _single, Sizes(length), seed: index + 1));
        foreach (string name in index == Poisoned ? values.Keys.Except(_sample.Fixed.Keys).ToArray() : [])
        {
            RefTensor value = (RefTensor)values[name];
            values[name] = value.DType.IsFloat() ? RefTensor.Floats(value.DType, value.Dims, [.. value.F.Select(static _ => double.NaN)]) : value;
        }

        return values;
    }

    private Dictionary<string, RefValue> Inputs(Dictionary<string, RefValue>[] examples)
    {
        Dictionary<string, RefValue> inputs = _single.Inputs.ToDictionary(Name, v =>
        {
            RefTensor[] parts = [.. examples.Select(e => (RefTensor)e[Name(v)])];
            int axis = RaggedAxis(v);
            return _mode == BatchMode.Packed && axis >= 0 ? (RefValue)Packing.Join(parts, axis) : Packing.Stack(parts);
        });
        switch (_mode)
        {
            case BatchMode.Packed:
                inputs[$"cu_seqlens_{Ragged}"] = RefTensor.Ints(DType.I32, [Lengths.Length + 1], Packing.Offsets(Lengths));
                break;
            case BatchMode.Padded:
                inputs[$"lengths_{Ragged}"] = RefTensor.Ints(DType.I32, [Lengths.Length], Lengths);
                break;
        }

        return inputs;
    }

    private RefTensor Part(Dictionary<string, RefTensor> results, GraphOutput output, int example, long[] dims)
    {
        int axis = RaggedAxis(output.Value);
        if (_mode != BatchMode.Packed || axis < 0)
        {
            return Packing.Example(results[output.Name], example, dims);
        }

        long[] offsets = results.TryGetValue($"cu_seqlens_{output.Name}", out RefTensor? own) ? own.I : Packing.Offsets(Lengths);
        return Packing.Segment(results[output.Name], axis, offsets[example], dims);
    }

    private int RaggedAxis(Value value) => _mode == BatchMode.Dense ? -1
        : Enumerable.Range(0, value.Rank).FirstOrDefault(a => value.Shape[a].Symbols.Contains(Ragged), -1);

    private static string Name(Value input) => ((Input)input.Producer).Name;
}
