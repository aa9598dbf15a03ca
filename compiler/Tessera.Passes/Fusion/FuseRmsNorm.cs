using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>x / √(mean(x²) + ε)  →  rms_norm(x, 1; ε), over the last axis or several last ones.</summary>
public sealed class FuseRmsNorm : RewriteRule<BinaryOp>
{
    public override Value? Apply(BinaryOp op, RewriteContext context)
    {
        foreach (OverRoot form in NormPatterns.OverRoots(op.Outputs[0]))
        {
            if (NormPatterns.PlusEpsilon(form.S) is ({ } mean, var epsilon)
                && NormPatterns.MeanSquare(mean) is ({ } x, var axis)
                && ReferenceEquals(x, form.Y))
            {
                Value normal = NormPatterns.Emit(x, axis, (flat, ones) => new RmsNorm(flat, ones) { Epsilon = epsilon }, context);
                return form.Gain is null ? normal : context.Emit(new Mul(normal, form.Gain));
            }
        }

        return null;
    }
}
