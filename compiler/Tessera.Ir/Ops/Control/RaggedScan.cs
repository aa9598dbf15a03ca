using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>
/// A <see cref="Scan"/> along the tokens of each example: token by token for all examples at once, in a rectangle as long as the longest. An example
/// that has ended keeps its states, and what later rounds give for it is left out.
/// </summary>
internal sealed class RaggedScan
{
    private readonly BatchContext _context;
    private readonly Scan _op;
    private readonly Dim _length;
    private readonly SegmentGrid? _grid;

    private RaggedScan(BatchContext context, Scan op, int[] axes)
    {
        (_context, _op) = (context, op);
        Batched[] scanned = [.. axes.Select((_, k) => context.Operands[op.States + k]!)];
        _length = scanned.Select((x, k) => x.Axis == axes[k] ? x.Partition : null).Distinct().ToArray() is [{ } one]
            ? one
            : throw context.Mixes("it goes along tensors of which not all have the same tokens");
        _grid = scanned[0].Form == BatchForm.Ragged ? new SegmentGrid(context.Builder, context.Environment.CuSeqlens(_length)) : null;
    }

    private GraphBuilder G => _context.Builder;

    private int States => _op.States;

    public static IReadOnlyList<Batched> Batch(BatchContext context, Scan op, int[] axes) => new RaggedScan(context, op, axes).Run(axes);

    private IReadOnlyList<Batched> Run(int[] axes)
    {
        Batched[] states = [.. _op.Values.Take(States).Select((v, i) => new Batched(Stacking.ToBatch(_context, _context.Operands[i]!, v.Shape), BatchForm.Dense))];
        Value[] scanned = [.. axes.Select((a, k) => Turned(Rectangle(_context.Operands[States + k]!, a), _op.IsBackwards(k)))];
        Batched[] captures = [.. _context.Operands.Skip((int)_op.Carried).Select(static b => b!)];
        Batched[] slices = [.. scanned.Select(x => ScanBatching.Slice(_context, new Batched(x, BatchForm.Dense), axis: 0, physical: 1))];
        BatchedRegion body = _context.Environment.Batch(_op.Body, [.. states, .. slices, .. captures]);
        IReadOnlyList<Value> outputs = _context.EmitAll(new Scan(
            [.. states.Select(static b => b.Value), .. scanned, Stands(scanned[0]), .. captures.Select(static b => b.Value), .. _context.Environment.Partitions.Select(static p => p.Lengths)])
        {
            Carried = _op.Carried + 1,
            ScanInputs = _op.ScanInputs + 1,
            Body = Masked(body, states),
            InputAxes = [.. Enumerable.Repeat(1L, axes.Length + 1)],
            OutputAxes = [.. Enumerable.Repeat(1L, _op.OutputCount - States)],
        });
        return [.. outputs.Select((v, i) => i < States ? states[i] with { Value = v } : Stacked(v, i))];
    }

    // [batch, tokens, …], 0 where an example has ended: what a round does with it has no effect, but it must not fail.
    private Value Rectangle(Batched x, int axis) => _grid is null
        ? Stacking.Permuted(_context, _context.Environment.Fill(x, 0), [0, axis + 1, .. Enumerable.Range(1, x.Value.Rank - 1).Where(a => a != axis + 1)])
        : _grid.Spread(x.Value, Pad.Zero(G, x.Value.DType));

    // Each example's own tokens the other way round, so that all begin in the same round.
    private Value Turned(Value rows, bool backwards) =>
        backwards ? G.ReverseSequence(rows, _context.Environment.Lengths(_length), batchAxis: 0, timeAxis: 1) : rows;

    // bool[batch, tokens]: whether an example has that token.
    private Value Stands(Value rows)
    {
        if (_grid is not null)
        {
            return _grid.Mask;
        }

        Value positions = G.Range(G.Int(DType.I64, 0), G.DimValue(rows.Shape[1]), G.Int(DType.I64, 1));
        return G.Less(G.Unsqueeze(positions, [0]), G.Unsqueeze(_context.Environment.Lengths(_length), [1]));
    }

    private Region Masked(BatchedRegion body, Batched[] states)
    {
        GraphBuilder g = body.Environment.Builder;
        Value stands = g.Input($"p{body.Parameters.Count}", new TensorType(DType.Bool, [body.Environment.BatchSize]));
        Value Kept(int i)
        {
            Value after = ScanBatching.Carried(_context, _op, i, states[i], body);
            return g.Where(g.Reshape(stands, [body.Environment.BatchSize, .. Enumerable.Repeat(Dim.One, after.Rank - 1)]), after, body.Parameters[i]);
        }

        int own = (int)_op.Carried;
        Value[] results = [.. body.Results.Select((r, i) => i < States ? Kept(i) : Given(body, r, i))];
        return new Region(g, [.. body.Parameters.Take(own), stands, .. body.Parameters.Skip(own)], results);
    }

    private Value Given(BatchedRegion body, Batched result, int i) => result.Form switch
    {
        BatchForm.Dense => result.Value,
        BatchForm.Unbatched => body.Environment.Builder.Expand(result.Value, [body.Environment.BatchSize, .. _op.Body.Results[i].Shape]),
        _ => throw _context.Mixes($"each token gives a result {_op.Body.Results[i].Type} of other ragged sizes"),
    };

    // [batch, tokens, …] as results of these sizes lie.
    private Batched Stacked(Value rows, int output)
    {
        Value turned = Turned(rows, _op.IsPutInFront(output - States));
        int axis = _op.OutputAxis(output - States) + 1;
        Value placed = _grid is not null
            ? _grid.Collect(turned, _context.Environment.Total(_length))
            : Stacking.Permuted(_context, turned, [0, .. Enumerable.Range(2, axis - 1), 1, .. Enumerable.Range(axis + 1, rows.Rank - axis - 1)]);
        return _context.Wrap(placed, _context.ResultShape(output));
    }
}
