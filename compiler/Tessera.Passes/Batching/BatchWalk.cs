using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Batching;

/// <summary>Op by op, from the graph of one example, or a region of it, to that of a batch.</summary>
internal sealed class BatchWalk
{
    private readonly GraphBuilder _from;
    private readonly IReadOnlySet<string> _ragged;
    private readonly GraphRebuild _rebuild;
    private readonly Dictionary<Value, Batched> _done = [];

    /// <param name="from">Builder of the one-example graph.</param>
    /// <param name="to">Builder of the batched one.</param>
    /// <param name="mode">How a batch is laid out.</param>
    /// <param name="ragged">Sizes that differ by example.</param>
    /// <param name="partitions">What tells the lengths, by symbol; it may be filled later on.</param>
    public BatchWalk(GraphBuilder from, GraphBuilder to, BatchMode mode, IReadOnlySet<string> ragged, IReadOnlyDictionary<string, Value> partitions)
    {
        (_from, _ragged) = (from, ragged);
        _rebuild = new GraphRebuild(to);
        Environment = new GraphBatchEnvironment(to, mode, ragged, partitions, this) { ExampleFacts = from.Facts };
    }

    public GraphBatchEnvironment Environment { get; }

    /// <summary>What has become of a value.</summary>
    public Batched this[Value of]
    {
        get => _done[of];
        set => _done[of] = value;
    }

    /// <exception cref="TesseraException">TSR0401: an op would let one example see another.</exception>
    public void Run(IEnumerable<Op> ops)
    {
        foreach (Op op in ops)
        {
            if (op is not Input)
            {
                Convert(op);
            }
        }
    }

    /// <summary>The parts join the one-example graph; nothing of them is left there but what the batched ones are made of.</summary>
    public IReadOnlyList<Batched>? ByParts(Op op)
    {
        _from.Source = op.Outputs[0].Source;
        if (op.Decompose(_from) is not { } results)
        {
            return null;
        }

        Stack<Op> waiting = new(results.Select(static v => v.Producer));
        while (waiting.TryPeek(out Op? next))
        {
            Op[] missing = [.. next.Operands.Where(v => v is not null && !_done.ContainsKey(v)).Select(static v => v!.Producer)];
            if (missing.Length > 0 && !_done.ContainsKey(next.Outputs[0]))
            {
                Array.ForEach(missing, waiting.Push);
                continue;
            }

            waiting.Pop();
            if (!_done.ContainsKey(next.Outputs[0]))
            {
                Convert(next);
            }
        }

        return [.. results.Select(v => _done[v])];
    }

    /// <summary>A region, which is closed: what tells the lengths comes in by parameters too.</summary>
    public BatchedRegion Batch(Region region, IReadOnlyList<Batched> parameters)
    {
        GraphBuilder to = new(Environment.Builder.Constraints);
        to.Reserve(GraphWalk.PostOrder(region.Results).SelectMany(static op => op.Outputs).SelectMany(static v => IrTypes.Symbols(v.Type)));
        Value[] own = [.. parameters.Select((b, i) => to.Input($"p{i}", b.Value.Type))];
        Dictionary<string, Value> partitions = new(StringComparer.Ordinal);
        foreach ((string symbol, Value outside) in Environment.Partitions)
        {
            partitions[symbol] = to.Input($"p{own.Length + partitions.Count}", outside.Type);
        }

        BatchWalk walk = new(region.Builder, to, Environment.Mode, _ragged, partitions);
        for (int i = 0; i < own.Length; i++)
        {
            walk[region.Parameters[i]] = parameters[i] with { Value = own[i] };
        }

        walk.Run(GraphWalk.PostOrder(region.Results));
        return new BatchedRegion(walk.Environment, [.. own, .. walk.Environment.Partitions.Select(static p => p.Lengths)], [.. region.Results.Select(v => walk[v])]);
    }

    private void Convert(Op op)
    {
        Batched?[] operands = [.. op.Operands.Select(v => v is null ? null : _done[v])];
        bool varies = operands.Any(static b => b is { Form: not BatchForm.Unbatched })
            || op.Outputs.Any(o => o.Type is TensorType { Shape: { } shape } && shape.Any(Environment.IsRagged))
            || op.DimOperands().Any(Environment.IsRagged);
        IReadOnlyList<Batched> results = varies
            ? op.Batch(new BatchContext(op, operands, Environment))
            : [.. _rebuild.Again(op, [.. operands.Select(static b => b?.Value)]).Select(static v => new Batched(v, BatchForm.Unbatched))];
        for (int i = 0; i < results.Count; i++)
        {
            _done[op.Outputs[i]] = results[i];
        }
    }
}
