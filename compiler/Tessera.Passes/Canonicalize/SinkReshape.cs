using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>reshape(f(reshape(x)))  →  reshape(f(x)) for elementwise f: the inner reshape does nothing the outer does not.</summary>
public sealed class SinkReshape : RewriteRule<Reshape>
{
    public override Value? Apply(Reshape op, RewriteContext context) =>
        op.X.Op is UnaryOp { X.Op: Reshape inner } f && context.HasSingleUse(op.X)
            ? context.Emit(op with { X = context.Emit(f.WithOperands([inner.X])) })
            : null;
}
