using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Passes.Canonicalize;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Reads from a gate, one number for each token, that it is the weight with which the token goes to one expert and 0 where it does not:
/// a column of weights spread over the experts, or weights summed where an id is the expert's.
/// </summary>
internal sealed class GateMatcher(RewriteContext context)
{
    private const int Deepest = 6;

    /// <summary>A gate <c>[…]</c> or <c>[…, 1]</c>, and the expert it is of.</summary>
    public (Assignment Assignment, long Expert)? Column(Value gate) => Column(gate, Deepest);

    /// <summary>Gates <c>[…, E]</c> of all experts.</summary>
    public (Assignment Assignment, long Experts)? Spread(Value gates) => Spread(gates, Deepest);

    private (Assignment, long)? Column(Value gate, int depth)
    {
        if (depth == 0)
        {
            return null;
        }

        return gate.Producer switch
        {
            Reshape { X: var x } => Column(x, depth - 1),
            Cast { X: var x } cast when Numbers.Widens(cast) => Column(x, depth - 1) is var (a, e) ? (a with { Weights = context.Emit(new Cast(a.Weights) { To = cast.To }) }, e) : null,
            Gather { Indices: var index } gather when IsLast(gather.Axis, gather.Data.Rank) && Single(index) is { } e && Spread(gather.Data) is var (a, n)
                => (a, FromStart(e, n)),
            Gather { Axis: 0, Data: { Op: Transpose { Perm: [1, 0], X: var gates } }, Indices: { Rank: 0 } index } when Single(index) is { } e && Spread(gates) is var (a, n)
                => (a, FromStart(e, n)),
            Slice { Axes: [var axis] } slice when IsLast(axis, slice.X.Rank) && gate.Shape[^1] == Dim.One && slice.Starts[0].ConstValue is { } e
                && Spread(slice.X) is var (a, n) => (a, FromStart(e, n)),
            Split split when IsLast(split.Axis, split.X.Rank) && split.Outputs.All(static v => v.Shape[^1] == Dim.One) && Spread(split.X) is var (a, _)
                => (a, gate.Index),
            ReduceSum { X: var x } sum when IsOverLast(sum) => Chosen(x),
            _ => One(gate),
        };
    }

    // Σ_j [ids_j = e] · w_j, before the sum.
    private (Assignment, long)? Chosen(Value x) => x.Op switch
    {
        Where { Condition: var isHere, X: var w, Y: var zero } when Numbers.IsZero(zero) && IsExpert(isHere) is var (ids, e) => Pair(ids, w, e, x),
        Mul { A: var a, B: var b } => Flagged(a, b, x) ?? Flagged(b, a, x),
        _ => null,
    };

    private (Assignment, long)? Flagged(Value w, Value flag, Value product) =>
        flag.Op is Cast { X: { DType: DType.Bool } isHere } && IsExpert(isHere) is var (ids, e) ? Pair(ids, w, e, product) : null;

    // Of one expert for each token: without a sum.
    private (Assignment, long)? One(Value gate) => Chosen(gate) is var (a, e) && a.Ids.Shape is { Rank: > 0 } shape
        ? shape[^1] == Dim.One && shape.Rank > 1 ? (a, e) : (WithAxis(a), e)
        : null;

    private Assignment WithAxis(Assignment a) => new(Column1(a.Ids), Column1(a.Weights));

    private Value Column1(Value x) => Axes.Reshape(x, [.. x.Shape, Dim.One], context);

    // As many as there are ids: what is repeated counts more than once.
    private (Assignment, long)? Pair(Value ids, Value w, long e, Value chosen) => ids.Rank > 0 && context.Equal(ids.Shape, w.Shape)
        && context.Equal(chosen.Shape.NumElements, ids.Shape.NumElements) ? (new Assignment(ids, w), e) : null;

    private static long FromStart(long expert, long experts) => expert < 0 ? expert + experts : expert;

    /// <summary>ids and e in <c>ids = e</c>.</summary>
    public static (Value Ids, long Expert)? IsExpert(Value flags) =>
        flags.Op is Equal { A: var ids, B: var b } && ids.DType.IsInteger() && Single(b) is { } e ? (ids, e) : null;

    private (Assignment, long)? Spread(Value gates, int depth)
    {
        if (depth == 0 || gates.Rank < 1 || gates.Shape[^1].ConstValue is not { } experts)
        {
            return null;
        }

        return gates.Producer switch
        {
            ScatterElements { Reduction: ScatterReduction.None, Data: var zeros, Indices: var ids, Updates: var w } scatter
                when IsLast(scatter.Axis, gates.Rank) && Numbers.IsZero(zeros) && Selected(new Assignment(ids, w)) is { } a && IsWhole(a, gates) => (a, experts),
            ReduceSum { X.Op: Mul { A: var a, B: var b } } sum when sum.Axes is [var axis] && (axis == -2 || axis == sum.X.Rank - 2)
                => (Hot(a, b) ?? Hot(b, a)) is { } found ? (found, experts) : null,
            MatMul { A: var w, B: var hot } => Rows(w, hot) is { } found ? (found, experts) : null,
            Cast { X: var x } cast when Numbers.Widens(cast) && Spread(x, depth - 1) is var (a, n) => (a with { Weights = context.Emit(new Cast(a.Weights) { To = cast.To }) }, n),
            Reshape { X: var x } when x.Rank > 0 && x.Shape[^1] == gates.Shape[^1] => Spread(x, depth - 1),
            _ => null,
        };
    }

    // w[…, k, 1] · one_hot(ids)[…, k, E], before the sum over k.
    private Assignment? Hot(Value w, Value hot) => w.Rank == hot.Rank && w.Rank > 1 && w.Shape[^1] == Dim.One && OneHotOf(hot) is { } ids
        ? Fitting(ids, Axes.Reshape(w, [.. w.Shape.SkipLast(1)], context))
        : null;

    // w[…, 1, k] times one_hot(ids)[…, k, E].
    private Assignment? Rows(Value w, Value hot) => w.Rank == hot.Rank && w.Rank > 1 && w.Shape[^2] == Dim.One && OneHotOf(hot) is { } ids
        ? Fitting(ids, Axes.Reshape(w, [.. w.Shape.SkipLast(2), w.Shape[^1]], context))
        : null;

    private Assignment? Fitting(Value ids, Value w) => context.Equal(ids.Shape, w.Shape) ? Selected(new Assignment(ids, w)) : null;

    /// <summary>ids of a one-hot of ones and zeros along the last axis, perhaps cast.</summary>
    public static Value? OneHotOf(Value value) =>
        Uncast(value).Op is OneHot { Axis: var axis, Values.Op: Constant { Value: var content } } hot && IsLast(axis, value.Rank) && IsZeroOne(content) ? hot.Indices : null;

    /// <summary>What is cast, however often: of ones and zeros all casts are the same.</summary>
    public static Value Uncast(Value value)
    {
        while (value.Op is Cast { X: var x })
        {
            value = x;
        }

        return value;
    }

    private Assignment? Selected(Assignment a) => a.IsSelection(context) ? a : null;

    // An axis that is not spread over is as long in the ids as in the gates.
    private bool IsWhole(Assignment a, Value gates) => a.Ids.Rank == gates.Rank
        && Enumerable.Range(0, gates.Rank - 1).All(i => context.Equal(a.Ids.Shape[i], gates.Shape[i]));

    private static bool IsZeroOne(TensorContent content) => content.Count == 2
        && RefTensors.FromContent(content) is var pair && pair.Number(0) == 0 && pair.Number(1) == 1;

    private static bool IsOverLast(ReduceSum sum) => sum.Axes is [var axis] && IsLast(axis, sum.X.Rank);

    private static bool IsLast(long axis, int rank) => axis == -1 || axis == rank - 1;

    /// <summary>The only integer of a constant.</summary>
    public static long? Single(Value value) => value.DType.IsInteger() && value.Type is TensorType { Shape: { } shape } && shape.NumElements == Dim.One
        && Constants.IsSplat(value, out double number) ? (long)number : null;
}
