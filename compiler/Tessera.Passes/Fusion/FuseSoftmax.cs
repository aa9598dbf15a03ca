using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// e = exp(x − max(x));  e / Σe  →  softmax(x);  (x − max(x)) − log Σ exp(x − max(x))  →  log_softmax(x), along one axis: what
/// JAX writes. Without the maximum taken out it overflows where a softmax does not, and is none.
/// </summary>
public sealed class FuseSoftmax : RewriteRule<BinaryOp>
{
    public override Value? Apply(BinaryOp op, RewriteContext context) => op switch
    {
        Div { A: var weights, B: var sum } => Softmax(op, weights, sum, context),
        Mul { A: var weights, B.Op: Reciprocal { X: var sum } } => Softmax(op, weights, sum, context),
        Mul { A.Op: Reciprocal { X: var sum }, B: var weights } => Softmax(op, weights, sum, context),
        Sub { A: var off, B.Op: Log { X: var sum } } when Summed(sum) is ({ Op: Exp { X: var shifted } }, var axis) && ReferenceEquals(shifted, off)
            => Shifted(off, axis) is { } x ? context.Emit(new LogSoftmax(x) { Axis = axis }) : Refuse(op, context),
        _ => null,
    };

    private static Value? Softmax(BinaryOp op, Value weights, Value sum, RewriteContext context) =>
        weights.Op is not Exp { X: var off } || Summed(sum) is not var (of, axis) || !ReferenceEquals(of, weights) ? null
        : Shifted(off, axis) is { } x ? context.Emit(new Softmax(x) { Axis = axis })
        : Refuse(op, context);

    private static Value? Refuse(BinaryOp op, RewriteContext context) => context.Reject(op, "the maximum along the axis of the sum is not taken out");

    private static (Value Of, int Axis)? Summed(Value value) => value.Op is ReduceSum { KeepDims: true } sum && Axis(sum) is { } axis ? (sum.X, axis) : null;

    // x in x − max(x) along the axis.
    private static Value? Shifted(Value off, int axis) => off.Op is Sub { A: var x, B.Op: ReduceMax { KeepDims: true } max }
        && ReferenceEquals(max.X, x) && Axis(max) == axis
        ? x
        : null;

    private static int? Axis(ReduceOp op) => op.Axes is [var axis] ? (int)(axis < 0 ? axis + op.X.Rank : axis)
        : op is { Axes.Count: 0, X.Rank: 1 } ? 0
        : null;
}
