using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Batching;

/// <summary>
/// Turns the graph of one example into the graph of a batch. A packed graph takes the declared inputs with the ragged axis
/// first and joined over examples, then <c>cu_seqlens_symbol: i32[batch + 1]</c> for each ragged symbol; a padded one takes
/// <c>[batch, …]</c> and <c>lengths_symbol: i32[batch]</c>. A ragged output whose lengths are no input's brings its own.
/// </summary>
public sealed class BatchPass
{
    private readonly Graph _graph;
    private readonly GraphBuilder _builder;
    private readonly BatchWalk _walk;
    private readonly GraphBatchEnvironment _environment;
    private readonly Dictionary<string, Value> _partitions = new(StringComparer.Ordinal);
    private readonly List<Value> _inputs = [];

    private BatchPass(Graph graph, BatchMode mode)
    {
        if (graph.Inputs.FirstOrDefault(static v => v.Type is not TensorType { Shape: not null }) is { } odd)
        {
            throw new TesseraException("TSR0525", ((Input)odd.Producer).Name, $"input {odd.Type} has no batched form.", "Inputs are tensors of known rank.");
        }

        HashSet<string> symbols = [.. graph.Inputs.SelectMany(static v => v.Shape.Symbols)];
        HashSet<string> ragged = mode == BatchMode.Dense ? [] : [.. graph.Ragged];
        foreach (string own in ragged.Select(static s => $"total_{s}").Prepend("batch"))
        {
            if (symbols.Contains(own))
            {
                throw new TesseraException("TSR0520", graph.Name, $"a size is named '{own}', which the batched graph needs for itself.", "Give it another name.");
            }
        }

        if (ragged.Where(s => !symbols.Contains(s)).Order(StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new TesseraException("TSR0524", graph.Name, $"'{unknown}' is declared ragged, but no input has a size of that name; they have {string.Join(", ", symbols.Order(StringComparer.Ordinal))}.", "Ragged sizes are sizes of inputs.");
        }

        _graph = graph;
        _builder = new GraphBuilder(BatchConstraints.Of(graph, mode, ragged));
        _builder.Reserve(graph.PostOrder().SelectMany(static op => op.Outputs).SelectMany(static v => IrTypes.Symbols(v.Type)));
        _walk = new BatchWalk(graph.Builder, _builder, mode, ragged, _partitions);
        _environment = _walk.Environment;
    }

    /// <summary>The batched graph.</summary>
    /// <exception cref="TesseraException">An op would let one example see another (TSR0401); the message names it and why.</exception>
    public static Graph Run(Graph graph, BatchMode mode)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (mode != BatchMode.Dense && graph.Ragged.Count == 0)
        {
            throw new TesseraException("TSR0521", graph.Name, $"no size is declared ragged, so there is nothing to batch {mode}.", "Put [Ragged(\"n\")] on the module.");
        }

        return new BatchPass(graph, mode).Run();
    }

    private Graph Run()
    {
        foreach (Value input in _graph.Inputs)
        {
            DeclareInput(input);
        }

        DeclarePartitions();
        _walk.Run(_graph.PostOrder());
        return _graph with
        {
            Builder = _builder,
            Inputs = _inputs,
            Outputs = [.. _graph.Outputs.SelectMany(ConvertOutput)],
            Ragged = [],
            Each = [.. _graph.Constraints.Where(c => c.Symbols.Any(s => _environment.IsRagged(Dim.Sym(s))))],
        };
    }

    private void DeclareInput(Value input)
    {
        string name = ((Input)input.Producer).Name;
        Shape shape = input.Shape;
        int axis = -1;
        for (int a = 0; a < shape.Rank; a++)
        {
            axis = !_environment.IsRagged(shape[a]) ? axis
                : axis < 0 ? a
                : throw new TesseraException("TSR0522", name, $"input {input.Type} has two ragged axes, which have no packed form.");
        }

        if (_environment.Mode == BatchMode.Padded && axis >= 0 && !_environment.IsBoundedByLongest(shape[axis]))
        {
            throw new TesseraException("TSR0523", name, $"a longer example may have a smaller input {input.Type}, and padding is as long as the longest.");
        }

        bool packed = _environment.Mode == BatchMode.Packed && axis >= 0;
        Shape physical = packed ? [_environment.Total(shape[axis]), .. shape.Where((_, a) => a != axis)] : [_environment.BatchSize, .. shape];
        Value value = _builder.Input(name, new TensorType(input.DType, physical));
        _inputs.Add(value);
        BatchForm form = packed ? BatchForm.Ragged : axis >= 0 ? BatchForm.Padded : BatchForm.Dense;
        _walk[input] = axis >= 0 ? new Batched(value, form, axis, shape[axis]) : new Batched(value, BatchForm.Dense);
    }

    private void DeclarePartitions()
    {
        foreach (string symbol in _environment.Mode == BatchMode.Dense ? [] : _graph.Ragged)
        {
            Value input = _environment.Mode == BatchMode.Packed
                ? _builder.Input($"cu_seqlens_{symbol}", new TensorType(DType.I32, [_environment.BatchSize + 1]))
                : _builder.Input($"lengths_{symbol}", new TensorType(DType.I32, [_environment.BatchSize]));
            _inputs.Add(input);
            _partitions[symbol] = input;
        }
    }

    private IEnumerable<GraphOutput> ConvertOutput(GraphOutput output)
    {
        if (output.Value.Type is not TensorType { Shape: not null })
        {
            throw new TesseraException("TSR0525", output.Name, $"output {output.Value.Type} has no batched form.", "Outputs are tensors of known rank.");
        }

        Batched batched = _walk[output.Value];
        Value value = batched.Form switch
        {
            BatchForm.Unbatched => _builder.Expand(batched.Value, [_environment.BatchSize, .. batched.Value.Shape]),

            // What ops made of padding is nobody's business, least of all NaN.
            BatchForm.Padded => _environment.Fill(batched, 0),
            _ => batched.Value,
        };
        yield return output with { Value = value };
        if (batched.Partition is { } partition && !(partition.IsSymbol(out string symbol) && _partitions.ContainsKey(symbol)))
        {
            yield return batched.Form == BatchForm.Ragged
                ? new GraphOutput($"cu_seqlens_{output.Name}", _environment.CuSeqlens(partition))
                : new GraphOutput($"lengths_{output.Name}", _builder.Cast(_environment.Lengths(partition), DType.I32));
        }
    }
}
