using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>y ← if e has tokens then y + scatter(…) else y, one expert after another  →  y + grouped_mlp(x, ids, weights).</summary>
public sealed class FuseGuardedExperts : RewriteRule<If>
{
    public override Value? Apply(If op, RewriteContext context) => GatheredSum.Fuse(op, op.Outputs[0], context);
}
