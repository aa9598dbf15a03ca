using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// d = x − mean(x);  d / √(mean(d²) + ε)  →  layer_norm(x, 1; ε), over the last axis or several last ones;  d² may be spelled
/// <c>mean(x²) − mean(x)²</c>, which is the same number, and loses its digits or overflows where this does not.
/// </summary>
public sealed class FuseLayerNorm : RewriteRule<BinaryOp>
{
    public override Value? Apply(BinaryOp op, RewriteContext context)
    {
        foreach (OverRoot form in NormPatterns.OverRoots(op.Outputs[0]))
        {
            if (form.Y.Op is Sub { A: var x, B: var mean }
                && NormPatterns.Mean(mean) is ({ } of, var axis)
                && ReferenceEquals(of, x)
                && NormPatterns.PlusEpsilon(form.S) is ({ } variance, var epsilon)
                && IsVariance(variance, form.Y, x, mean, axis))
            {
                Value normal = NormPatterns.Emit(x, axis, (flat, ones) => new LayerNorm(flat, ones, null) { Epsilon = epsilon }, context);
                return form.Gain is null ? normal : context.Emit(new Mul(normal, form.Gain));
            }
        }

        return null;
    }

    private static bool IsVariance(Value variance, Value off, Value x, Value mean, int axis) =>
        IsMeanSquare(variance, off, axis)
        || (variance.Op is Sub { A: var square, B.Op: Mul ofMean } && IsMeanSquare(square, x, axis)
            && ReferenceEquals(ofMean.A, mean) && ReferenceEquals(ofMean.B, mean));

    private static bool IsMeanSquare(Value value, Value of, int axis) =>
        NormPatterns.MeanSquare(value) is ({ } squared, var from) && ReferenceEquals(squared, of) && from == axis;
}
