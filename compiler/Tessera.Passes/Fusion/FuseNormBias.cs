using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>layer_norm(x, w) + b  →  layer_norm(x, w, b).</summary>
public sealed class FuseNormBias : RewriteRule<Add>
{
    public override Value? Apply(Add op, RewriteContext context) =>
        Match(op, op.A, op.B, context) ?? Match(op, op.B, op.A, context);

    private static Value? Match(Add op, Value normal, Value bias, RewriteContext context)
    {
        if (normal.Op is not LayerNorm { Bias: null } norm || bias.Type is not TensorType { Shape.Rank: 1 })
        {
            return null;
        }

        return !NormPatterns.IsGain(bias, norm.X, context) ? context.Reject(op, $"the bias {bias.Type} is not one number for each feature of {norm.X.Type}")
            : !context.HasSingleUse(normal) ? context.Reject(op, "the norm has other users")
            : context.Emit(norm with { Bias = bias });
    }
}
