using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>reshape(reshape(x))  →  reshape(x);  reshape(x) to its own shape  →  x.</summary>
public sealed class ComposeReshapes : RewriteRule<Reshape>
{
    public override Value? Apply(Reshape op, RewriteContext context) =>
        op.X.Tensor.Shape is { } shape && context.Equal(shape, op.Shape) ? op.X
        : op.X.Op is Reshape inner ? context.Emit(op with { X = inner.X })
        : null;
}
