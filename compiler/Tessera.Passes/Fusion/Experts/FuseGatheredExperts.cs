using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// y ← y + scatter(tokens of e, mlp_e(x[tokens of e]) · weight), one expert after another  →  y + grouped_mlp(x, ids, weights). The
/// tokens of e are where an id is e.
/// </summary>
public sealed class FuseGatheredExperts : RewriteRule<ScatterND>
{
    public override Value? Apply(ScatterND op, RewriteContext context) => GatheredSum.Fuse(op, op.Outputs[0], context);
}
