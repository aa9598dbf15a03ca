using System.Collections.Immutable;
using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Unbatching;

/// <summary>
/// Turns a model of a batch into that of one example, and so proves that examples do not mix: each op becomes what it is for
/// one example, which only an op that maps the batch axis has. The size of the batch stays a symbol throughout: nothing is
/// concluded from a batch of one.
/// </summary>
public sealed class UnbatchPass
{
    private readonly Graph _graph;
    private readonly string _batch;
    private readonly GraphBuilder _builder;
    private readonly GraphRebuild _rebuild;
    private readonly Dictionary<Value, Carried> _done = [];

    private UnbatchPass(Graph graph, string batch)
    {
        _graph = graph;
        _batch = batch;
        _builder = new GraphBuilder(graph.Constraints.Where(c => !c.Symbols.Contains(batch))) { TakesClaims = graph.Builder.TakesClaims };
        _builder.Reserve(graph.PostOrder().SelectMany(static op => op.Outputs).SelectMany(static v => IrTypes.Symbols(v.Type)));
        _rebuild = new GraphRebuild(_builder);
    }

    /// <summary>The model of one example.</summary>
    /// <param name="graph">A model of a batch.</param>
    /// <param name="batch">The size that is the number of examples.</param>
    /// <exception cref="TesseraException">TSR0530: an op lets examples see each other; TSR0531, TSR0532: an input or output is of no example, or of all.</exception>
    public static UnbatchedGraph Run(Graph graph, string batch)
    {
        ArgumentNullException.ThrowIfNull(graph);
        string[] symbols = [.. graph.Inputs.SelectMany(static v => IrTypes.Symbols(v.Type)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (!symbols.Contains(batch))
        {
            throw new TesseraException("TSR0531", graph.Name, $"no input has a size '{batch}'.", symbols.Length == 0 ? "The sizes of its inputs are all fixed." : $"They have {string.Join(", ", symbols)}.");
        }

        return new UnbatchPass(SizeClaims.Resolve(graph), batch).Run();
    }

    internal static string Describe(Op op) => op switch
    {
        Opaque { Domain: "" } opaque => opaque.OpType,
        Opaque opaque => $"{opaque.Domain}:{opaque.OpType}",
        _ => op.Schema.Name,
    };

    private UnbatchedGraph Run()
    {
        Value[] inputs = [.. _graph.Inputs.Select(DeclareInput)];
        foreach (Op op in _graph.PostOrder())
        {
            if (op is not Input)
            {
                Convert(op);
            }
        }

        GraphOutput[] outputs = [.. _graph.Outputs.Select(o => o with { Value = OutputOf(o).Value! })];
        return new UnbatchedGraph(
            _graph with { Builder = _builder, Inputs = inputs, Outputs = outputs },
            [.. _graph.Inputs.Select(v => _done[v].Axis)],
            [.. _graph.Outputs.Select(o => _done[o.Value].Axis)])
        {
            Whole = _graph,
            Values =
            [
                .. from op in _graph.PostOrder()
                   where op is not Input
                   from value in op.Outputs
                   where _done[value] is { Kind: CarriedKind.PerExample }
                   select new UnbatchedValue(Describe(op), value, _done[value].Value!, _done[value].Axis, _done[value].Inner),
            ],
        };
    }

    private Value DeclareInput(Value input)
    {
        string name = ((Input)input.Producer).Name;
        int[] axes = input.Type is TensorType { Shape: { } shape } ? [.. Enumerable.Range(0, shape.Rank).Where(a => shape[a].Symbols.Contains(_batch))] : [];
        if (axes is not [var axis] || input.Shape[axis] != Dim.Sym(_batch))
        {
            throw new TesseraException("TSR0532", name, $"input {input.Type} must have one axis of size '{_batch}'.", "What is the same for all examples is a constant of the model.");
        }

        Value value = _builder.Input(name, new TensorType(input.DType, input.Shape.RemoveAt(axis)));
        GraphBuilder.Note(value, input.Remark);
        _done[input] = UnbatchContext.Example(value, axis, Dim.One);
        return value;
    }

    private Carried OutputOf(GraphOutput output)
    {
        Carried carried = _done[output.Value];
        return carried is { Kind: CarriedKind.PerExample, IsDropped: true } ? carried : throw new TesseraException(
            "TSR0532", output.Name, $"output {output.Value.Type} must have one axis of size '{_batch}', along which examples lie.", "An output that is of no example, or of all, has no packed form.");
    }

    private void Convert(Op op)
    {
        Carried?[] operands = [.. op.Operands.Select(v => v is null ? null : _done[v])];
        IReadOnlyList<Carried> results = Convert(op, operands);
        for (int i = 0; i < results.Count; i++)
        {
            _done[op.Outputs[i]] = results[i];
        }
    }

    private IReadOnlyList<Carried> Convert(Op op, Carried?[] operands)
    {
        UnbatchContext context = new(op, operands, _batch, _builder);
        bool tells = op.DimOperands().Any(context.TellsOfBatch) || op.Outputs.Any(o => IrTypes.Symbols(o.Type).Contains(_batch));
        if (operands.All(static o => o is null or { Kind: CarriedKind.Shared }) && !tells)
        {
            ImmutableArray<Value?> values = [.. operands.Select(static o => o?.Value)];
            return [.. _rebuild.Again(op, values).Select(Carried.Shared)];
        }

        IReadOnlyList<Carried> results = UnbatchSizes.Of(context) ?? UnbatchRules.Of(context) ?? ByParts(op)
            ?? throw context.Mixes(operands.Any(static o => o is { Kind: CarriedKind.PerExample })
                ? "it is not known to treat examples apart"
                : "how many examples there are enters as a number");
        for (int i = 0; i < results.Count; i++)
        {
            if (results[i].Value is { Producer: not (Parameter or Input) } value)
            {
                GraphBuilder.Note(value, op.Outputs[i].Remark);
            }
        }

        return results;
    }

    // The parts join the batched graph; nothing of them is left there.
    private IReadOnlyList<Carried>? ByParts(Op op)
    {
        _graph.Builder.Source = op.Outputs[0].Source;
        if ((op is Attention attention ? attention.ByProducts(_graph.Builder) : op.Decompose(_graph.Builder)) is not { } results)
        {
            return null;
        }

        foreach (Op part in GraphWalk.PostOrder(results))
        {
            if (!_done.ContainsKey(part.Outputs[0]))
            {
                Convert(part);
            }
        }

        return [.. results.Select(v => _done[v])];
    }
}
