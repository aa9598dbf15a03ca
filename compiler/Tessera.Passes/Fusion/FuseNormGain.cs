using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>layer_norm(x, 1) · w  →  layer_norm(x, w), and so for rms_norm.</summary>
public sealed class FuseNormGain : RewriteRule<Mul>
{
    public override Value? Apply(Mul op, RewriteContext context) =>
        Match(op, op.A, op.B, context) ?? Match(op, op.B, op.A, context);

    private static Value? Match(Mul op, Value normal, Value gain, RewriteContext context)
    {
        if (NormPatterns.Norm(normal, context) is not ({ } value, { } features)
            || value.Op is not (LayerNorm { Bias: null } or RmsNorm)
            || value.Producer.Operands[1] is not { } ones
            || !NormPatterns.IsOnes(ones))
        {
            return null;
        }

        return NormPatterns.Gain(gain, normal, features, context) is not { } weight
                ? context.Reject(op, $"the gain {gain.Type} is not one number for each feature of {normal.Type}")
            : !IsAlone(normal, value, context) ? context.Reject(op, "the norm has other users")
            : NormPatterns.Emit(value.Op is LayerNorm norm ? norm with { Weight = weight } : ((RmsNorm)value.Op) with { Weight = weight }, normal, context);
    }

    internal static bool IsAlone(Value normal, Value value, RewriteContext context) =>
        context.HasSingleUse(normal) && (ReferenceEquals(normal, value) || context.HasSingleUse(value));
}
