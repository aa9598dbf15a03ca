using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>neg(neg(x)), not(not(x))  →  x;  cast(x) to its own type  →  x.</summary>
public sealed class DropInverse : RewriteRule<UnaryOp>
{
    public override Value? Apply(UnaryOp op, RewriteContext context) => op switch
    {
        Neg { X.Op: Neg inner } => inner.X,
        Not { X.Op: Not inner } => inner.X,
        Cast cast when cast.To == cast.X.DType => cast.X,
        _ => null,
    };
}
