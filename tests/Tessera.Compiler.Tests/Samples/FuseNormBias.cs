using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes;

namespace Tessera.Compiler.Tests.Samples;

// sample: rule
/// <summary>layer_norm(x, w) + b  →  layer_norm(x, w, b).</summary>
public sealed class FuseNormBias : RewriteRule<Add>
{
    public override Value? Apply(Add op, RewriteContext context)
    {
        if (op is not { A: { Op: LayerNorm { Bias: null } norm } normal, B: { Rank: 1 } bias })
        {
            return null;
        }

        return !context.Equal(bias.Shape, norm.Weight.Shape) ? context.Reject(op, $"the bias {bias.Type} is not of the size of {norm.Weight.Type}")
            : !context.HasSingleUse(normal) ? context.Reject(op, "the norm has other users")
            : context.Emit(norm with { Bias = bias });
    }
}
// end
