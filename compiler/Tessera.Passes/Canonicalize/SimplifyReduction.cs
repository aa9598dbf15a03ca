using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>
/// reshape(fold(x)) that gives folded axes back, of size 1  →  the fold that keeps them;  sum(x) / n for the n elements that
/// each sum has  →  mean(x).
/// </summary>
public sealed class SimplifyReduction : RewriteRule<Op>
{
    public override Value? Apply(Op op, RewriteContext context) => op switch
    {
        Reshape { X: { Op: ReduceOp { KeepDims: false } fold } folded } reshape
            when context.HasSingleUse(folded) && context.Equal(reshape.Shape, Kept(fold)) => context.Emit(fold with { KeepDims = true }),
        Div { A: { Op: ReduceSum sum } a, B: var b } when a.DType.IsFloat() && b.Rank == 0 && Constants.IsSplat(b, out double count) && count == Count(sum)
            => context.Emit(new ReduceMean(sum.X) { Axes = sum.Axes, KeepDims = sum.KeepDims }),
        Mul { A: { Op: ReduceSum sum } a, B: var b } when a.DType.IsFloat() && b.Rank == 0 && Constants.IsSplat(b, out double factor) && 1 / factor == Count(sum)
            => context.Emit(new ReduceMean(sum.X) { Axes = sum.Axes, KeepDims = sum.KeepDims }),
        _ => null,
    };

    private static bool IsFolded(ReduceOp op, int axis) =>
        op.Axes.Count == 0 || op.Axes.Any(a => (a < 0 ? a + op.X.Rank : a) == axis);

    private static Shape Kept(ReduceOp op) => [.. op.X.Shape.Select((d, a) => IsFolded(op, a) ? Dim.One : d)];

    // How many elements each sum has, where they are known and there are some.
    private static double? Count(ReduceSum op) => Dim.Product(op.X.Shape.Where((_, a) => IsFolded(op, a))).ConstValue is { } count and > 0 ? count : null;
}
