using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>transpose(transpose(x, p), q)  →  transpose(x, p∘q);  transpose(x, identity)  →  x.</summary>
public sealed class ComposeTransposes : RewriteRule<Transpose>
{
    public override Value? Apply(Transpose op, RewriteContext context)
    {
        if (op.Perm.Select(static (a, i) => a == i).All(static same => same))
        {
            return op.X;
        }

        return op.X.Op is Transpose inner
            ? context.Emit(new Transpose(inner.X) { Perm = op.Perm.Select(a => inner.Perm[(int)a]).ToEquatableArray() })
            : null;
    }
}
