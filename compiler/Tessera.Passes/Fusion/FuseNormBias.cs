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
        if (NormPatterns.Norm(normal, context) is not ({ Op: LayerNorm { Bias: null } norm } value, { } features) || bias.Type is not TensorType { Shape.Rank: > 0 })
        {
            return null;
        }

        return NormPatterns.Gain(bias, normal, features, context) is not { } vector
                ? context.Reject(op, $"the bias {bias.Type} is not one number for each feature of {normal.Type}")
            : !FuseNormGain.IsAlone(normal, value, context) ? context.Reject(op, "the norm has other users")
            : NormPatterns.Emit(norm with { Bias = vector }, normal, context);
    }
}
