using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>
/// f(transpose(x))  →  transpose(f(x)) for elementwise f;  transpose(x) ∘ transpose(y)  →  transpose(x ∘ y) for one
/// permutation;  transpose(x) ∘ s  →  transpose(x ∘ s) for a single number s;  norm(transpose(x))  →  transpose(norm(x)) where
/// the last axis stays. Transposes gather at the end and cancel there.
/// </summary>
public sealed class SinkTranspose : RewriteRule<Op>
{
    public override Value? Apply(Op op, RewriteContext context) => op switch
    {
        UnaryOp { X: { Op: Transpose t } x } when context.HasSingleUse(x) => Sink(op, t, [t.X], context),
        BinaryOp { A: { Op: Transpose s } a, B: { Op: Transpose t } b } when s.Perm == t.Perm && Once(a, b, context)
            => Sink(op, s, [s.X, t.X], context),
        BinaryOp { A: { Op: Transpose t } a, B: { Op: Constant { Value.Count: 1 } } b }
            when context.HasSingleUse(a) && b.Rank <= t.X.Rank => Sink(op, t, [t.X, b], context),
        RmsNorm { X: { Op: Transpose t } x } norm when KeepsLast(t) && context.HasSingleUse(x) => Sink(op, t, [t.X, norm.Weight], context),
        LayerNorm { X: { Op: Transpose t } x } norm when KeepsLast(t) && context.HasSingleUse(x)
            => Sink(op, t, [t.X, norm.Weight, norm.Bias], context),
        _ => null,
    };

    private static bool KeepsLast(Transpose transpose) => transpose.Perm is [.., var last] && last == transpose.Perm.Count - 1;

    private static bool Once(Value a, Value b, RewriteContext context) =>
        ReferenceEquals(a, b) || (context.HasSingleUse(a) && context.HasSingleUse(b));

    private static Value Sink(Op op, Transpose transpose, Value?[] operands, RewriteContext context) =>
        context.Emit(transpose with { X = context.Emit(op.WithOperands(operands)) });
}
