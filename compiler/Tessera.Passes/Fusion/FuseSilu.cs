using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>x·σ(α·x)  →  silu(x) {alpha = α};  x / (1 + exp(−x))  →  silu(x).</summary>
public sealed class FuseSilu : RewriteRule<BinaryOp>
{
    public override Value? Apply(BinaryOp op, RewriteContext context) => op switch
    {
        Mul { A.Op: Sigmoid s } when Match(op, op.B, s, context) is { } fused => fused,
        Mul { B.Op: Sigmoid s } => Match(op, op.A, s, context),
        Div { A: var x } when Products.PlusOne(op.B) is { Op: Exp { X: var minus } } && IsNegated(minus, x)
            => context.Emit(new Silu(x)),
        _ => null,
    };

    private static Value? Match(BinaryOp op, Value x, Sigmoid sigmoid, RewriteContext context)
    {
        if (ReferenceEquals(sigmoid.X, x))
        {
            return context.Emit(new Silu(x));
        }

        return Products.Of(sigmoid.X) is ([var only], var alpha) && ReferenceEquals(only, x)
            ? Products.IsAttribute(alpha, x.DType) && context.Equal(x.Shape, op.Outputs[0].Shape)
                ? context.Emit(new Silu(x) { Alpha = alpha })
                : context.Reject(op, $"alpha is {alpha}")
            : context.Reject(op, "the sigmoid is of another value than the one it multiplies");
    }

    private static bool IsNegated(Value value, Value x) =>
        (value.Op is Neg neg && ReferenceEquals(neg.X, x))
        || (Products.Of(value) is ([var only], -1) && ReferenceEquals(only, x));
}
