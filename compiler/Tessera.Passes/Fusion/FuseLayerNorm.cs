using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// d = x − mean(x);  d / √(mean(d²) + ε)  →  layer_norm(x, 1; ε), over the last axis or several last ones;  d² may be spelled
/// <c>mean(x²) − mean(x)²</c>, which is the same number, and loses its digits or overflows where this does not; the quotient as
/// <c>x·i − mean(x)·i</c> (<see cref="FoldedNorm"/>), likewise, if a gain in i is finite.
/// </summary>
public sealed class FuseLayerNorm : RewriteRule<BinaryOp>
{
    public override Value? Apply(BinaryOp op, RewriteContext context)
    {
        foreach (OverRoot form in NormPatterns.OverRoots(op.Outputs[0]))
        {
            if (form.Y.Op is Sub { A: var x, B: var mean } && Statistics(x, mean, form.S) is var (axis, epsilon))
            {
                return Emit(x, axis, epsilon, form.Gain, null, context);
            }
        }

        foreach (FoldedNorm form in FoldedNorm.Of(op))
        {
            if (Statistics(form.X, form.Mean, form.S) is var (axis, epsilon))
            {
                return form.Gain is not null && !IsFinite(form.Gain, context)
                    ? context.Reject(op, $"the gain {form.Gain.Type} is not proved to be finite: ∞ less ∞ is NaN")
                    : Emit(form.X, axis, epsilon, form.Gain, form.Bias, context);
            }
        }

        return null;
    }

    private static bool IsFinite(Value gain, RewriteContext context)
    {
        while (gain.Op is Reshape or Expand || (gain.Op is Cast cast && Numbers.Widens(cast)))
        {
            gain = gain.Producer.Operands[0]!;
        }

        return context.Weights.Numbers(gain)?.All(double.IsFinite) == true;
    }

    private static Value Emit(Value x, int axis, double epsilon, Value? gain, Value? bias, RewriteContext context)
    {
        Value normal = NormPatterns.Emit(x, axis, (flat, ones) => new LayerNorm(flat, ones, null) { Epsilon = epsilon }, context);
        Value scaled = gain is null ? normal : context.Emit(new Mul(normal, gain));
        return bias is null ? scaled : context.Emit(new Add(scaled, bias));
    }

    // The axis and the epsilon where a mean and what is under a root are those of x.
    private static (int Axis, double Epsilon)? Statistics(Value x, Value mean, Value underRoot) =>
        NormPatterns.Mean(mean) is ({ } of, var axis) && ReferenceEquals(of, x)
        && NormPatterns.PlusEpsilon(underRoot) is ({ } variance, var epsilon)
        && IsVariance(NotNegative(variance), x, mean, axis)
        ? (axis, epsilon)
        : null;

    // A variance is none: a bound at 0 only mends what rounding did to it.
    private static Value NotNegative(Value variance) => variance.Op switch
    {
        Max { A: var inner, B: { Rank: 0 } zero } when Numbers.IsZero(zero) => inner,
        Max { A: { Rank: 0 } zero, B: var inner } when Numbers.IsZero(zero) => inner,
        Clip { X: var inner, Min: { } zero, Max: null } when Numbers.IsZero(zero) => inner,
        Relu { X: var inner } => inner,
        _ => variance,
    };

    private static bool IsVariance(Value variance, Value x, Value mean, int axis) => variance.Op is Sub { A: var square, B.Op: Mul ofMean }
        ? IsMeanSquare(square, axis, of => ReferenceEquals(of, x)) && ReferenceEquals(ofMean.A, mean) && ReferenceEquals(ofMean.B, mean)
        : IsMeanSquare(variance, axis, of => of.Op is Sub off && ReferenceEquals(off.A, x) && ReferenceEquals(off.B, mean));

    private static bool IsMeanSquare(Value value, int axis, Func<Value, bool> isSquared) =>
        NormPatterns.MeanSquare(value) is ({ } squared, var from) && from == axis && isSquared(squared);
}
