using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>d = x − mean(x);  d / √(mean(d²) + ε) · w  →  layer_norm(x, w; ε), over the last axis.</summary>
public sealed class FuseLayerNorm : RewriteRule<Mul>
{
    public override Value? Apply(Mul op, RewriteContext context) =>
        Match(op, op.A, op.B, context) ?? Match(op, op.B, op.A, context);

    private static Value? Match(Mul op, Value normal, Value gain, RewriteContext context)
    {
        if (NormPatterns.OverRoot(normal) is not { Y: { Op: Sub { A: var x, B: var mean } } d, S: var s }
            || !NormPatterns.IsMean(mean, out Value? of)
            || !ReferenceEquals(of, x)
            || !NormPatterns.IsMeanSquare(s, d, out double epsilon))
        {
            return null;
        }

        return NormPatterns.IsGain(gain, x, context)
            ? context.Emit(new LayerNorm(x, gain, null) { Epsilon = epsilon })
            : context.Reject(op, $"the gain {gain.Type} is not one number for each feature of {x.Type}");
    }
}
