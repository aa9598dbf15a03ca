using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// y ← y + scatter(tokens of e, mlp_e(x[tokens of e]) · weight), one expert after another  →  y + grouped_mlp(x, ids, weights). The
/// tokens of e are where an id is e.
/// </summary>
public sealed class FuseGatheredExperts : RewriteRule<ScatterND>
{
    public override Value? Apply(ScatterND op, RewriteContext context)
    {
        ExpertSet set = new(context);
        Value rest = op.Outputs[0];
        while (!set.IsComplete && rest.Op is ScatterND { Reduction: ScatterReduction.Add } step && new GatheredExpert(step, context).AddTo(set))
        {
            rest = step.Data;
        }

        if (set.Count == 0)
        {
            return null;
        }

        return !set.IsComplete
            ? context.Reject(op, set.Needed is null ? "nothing tells how many experts there are" : set.Missing())
            : Numbers.IsZero(rest) ? set.Emit() : context.Emit(new Add(rest, set.Emit()));
    }
}
