using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>x / √(mean(x²) + ε) · w over the last axis  →  rms_norm(x, w; ε).</summary>
public sealed class FuseRmsNorm : RewriteRule<Mul>
{
    public override Value? Apply(Mul op, RewriteContext context) =>
        Match(op, op.A, op.B, context) ?? Match(op, op.B, op.A, context);

    private static Value? Match(Mul op, Value normal, Value gain, RewriteContext context)
    {
        if (NormPatterns.OverRoot(normal) is not { Y: var x, S: var s } || !NormPatterns.IsMeanSquare(s, x, out double epsilon))
        {
            return null;
        }

        return NormPatterns.IsGain(gain, x, context)
            ? context.Emit(new RmsNorm(x, gain) { Epsilon = epsilon })
            : context.Reject(op, $"the gain {gain.Type} is not one number for each feature of {x.Type}");
    }
}
