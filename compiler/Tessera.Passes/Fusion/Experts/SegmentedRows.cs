using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Rows in the order of their experts that are cut in segments, worked on and joined. What is done to each row by itself gives the
/// same on all rows as on a segment: for one expert, everything it does is written down over all of them, where other rules can read it.
/// </summary>
internal sealed class SegmentedRows(ExpertSorting sorting, int experts, RewriteContext context)
{
    private const int Deepest = 64;
    private readonly ExpertCounts _counts = new(sorting.Ids, experts, context);
    private readonly Dictionary<(Value, int), Value?> _done = [];

    /// <summary>What an expert gives on its segment, over all rows; null where it is not made of its segment alone.</summary>
    public Value? Of(Value segment, int expert) => Segment(segment, expert, Deepest);

    private Value? Segment(Value value, int expert, int depth)
    {
        if (depth == 0)
        {
            return null;
        }

        if (!_done.TryGetValue((value, expert), out Value? whole))
        {
            _done[(value, expert)] = whole = Cut(value, expert) is { } all ? Whole(all, expert, depth - 1) : Again(value, v => Segment(v, expert, depth - 1));
        }

        return whole;
    }

    // Values with all rows: joined segments are what this expert's would be over all of them.
    private Value? Whole(Value value, int expert, int depth) => depth == 0 ? null
        : value.Op is Concat { Axis: var axis, Inputs: var parts } && (axis == 0 || axis == -value.Rank) ? Joined(parts, expert, depth - 1)
        : value.Op is UnaryOp or BinaryOp or MatMul or Clip or Slice && IsOfJoined(value, Deepest) ? Again(value, v => Whole(v, expert, depth - 1))
        : context.Equal(value.Shape[0], sorting.Count) ? value
        : null;

    private Value? Joined(EquatableArray<Value> parts, int expert, int depth) =>
        parts.Count == experts && Enumerable.Range(0, experts).All(e => Segment(parts[e], e, depth) is not null) ? Segment(parts[expert], expert, depth) : null;

    private static bool IsOfJoined(Value value, int depth) => depth > 0 && value.Op switch
    {
        Concat => true,
        UnaryOp or BinaryOp or Clip or Slice => value.Producer.Operands.OfType<Value>().Any(v => IsOfJoined(v, depth - 1)),
        MatMul { A: var a } => IsOfJoined(a, depth - 1),
        _ => false,
    };

    // A row-wise op over other rows; weights and numbers are the same for all.
    private Value? Again(Value value, Func<Value, Value?> rows)
    {
        Value? Moved(Value operand) => IsShared(operand, value) ? operand : rows(operand);
        Op op = value.Producer;
        switch (op)
        {
            case UnaryOp { X: var x }:
                return rows(x) is { } only ? context.Emit(op.WithOperands([only])) : null;
            case BinaryOp { A: var a, B: var b }:
                return Moved(a) is { } left && Moved(b) is { } right ? context.Emit(op.WithOperands([left, right])) : null;
            case MatMul { A: { Rank: 2 } a, B: { Rank: 2 } b }:
                return rows(a) is { } factor ? context.Emit(new MatMul(factor, b)) : null;
            case Clip { X: var x } clip:
                return rows(x) is { } bounded ? context.Emit(clip with { X = bounded }) : null;
            case Slice { X: var x } slice when slice.Axes.Count > 0 && slice.Axes.All(a => a > 0 || (a < 0 && a != -x.Rank)):
                return rows(x) is { } columns ? context.Emit(slice with { X = columns }) : null;
            case Split { X: var x } split when split.Axis > 0 || (split.Axis < 0 && split.Axis != -x.Rank):
                return rows(x) is { } parts ? context.EmitAll(split with { X = parts })[value.Index] : null;
            case Gather { Axis: 0, Data: var data, Indices: { Rank: 1 } at }:
                return rows(at) is { } index ? context.Emit(new Gather(data, index)) : null;
            case Reshape { X: { Rank: > 0 } x } when value.Rank > 0 && x.Shape[0] == value.Shape[0] && value.Shape.Skip(1).All(static d => d.ConstValue is not null):
                return rows(x) is { } flat ? Axes.Reshape(flat, [flat.Shape[0], .. value.Shape.Skip(1)], context) : null;
            default:
                return null;
        }
    }

    // One for all rows: a number, or one for each column.
    private static bool IsShared(Value operand, Value of) => operand.Rank == 0 || operand.Rank < of.Rank || (operand.Rank == of.Rank && operand.Shape[0] == Dim.One);

    // What the segment of an expert is cut from.
    private Value? Cut(Value value, int expert) => value.Producer switch
    {
        DynamicSlice { X: var all, Starts: var start, Ends: var end, Axes: var axes, Steps: var steps }
            when IsNumber(axes, 0, all.Rank == 1) && IsNumber(steps, 1, true) && start.Shape.NumElements == Dim.One && _counts.IsStart(start, expert) && _counts.IsEnd(end, expert) => all,
        DynamicSplit { X: var all, Sizes: var sizes } split when (split.Axis == 0 || split.Axis == -all.Rank) && value.Index == expert && _counts.AreCounts(sizes) => all,
        _ => null,
    };

    private static bool IsNumber(Value? value, long number, bool isDefault) => value is null ? isDefault : value.Sizes is [{ ConstValue: { } only }] && only == number;
}
