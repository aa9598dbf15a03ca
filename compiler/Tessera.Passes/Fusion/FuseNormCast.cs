using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// cast(norm(cast(x)))  →  norm(x) for a norm in f32 of narrower floats, its gains widened too or 1: a narrow norm is computed
/// in f32 and rounded once, as this is.
/// </summary>
public sealed class FuseNormCast : RewriteRule<Cast>
{
    public override Value? Apply(Cast op, RewriteContext context)
    {
        if (op.To is not (DType.F16 or DType.BF16) || op.X.DType != DType.F32
            || NormPatterns.Norm(op.X, context) is not ({ } value, _)
            || Narrow(value.Producer.Operands[0]!, op.To, context) is not { } x)
        {
            return null;
        }

        Value?[] operands = [x, .. value.Producer.Operands.Skip(1).Select(g => g is null ? null : NarrowGain(g, op.To, context))];
        for (int i = 1; i < operands.Length; i++)
        {
            if (operands[i] is null && value.Producer.Operands[i] is { } wide)
            {
                return context.Reject(op, $"the gain or bias {wide.Type} is wider than the result {op.Outputs[0].Type}");
            }
        }

        return !FuseNormGain.IsAlone(op.X, value, context)
            ? context.Reject(op, "the norm has other users")
            : NormPatterns.Emit(value.Producer.WithOperands(operands), op.X, context);
    }

    private static Value? NarrowGain(Value gain, DType to, RewriteContext context) => NormPatterns.IsOnes(gain)
        ? NormPatterns.Ones(to, gain.Shape[0], context)
        : Narrow(gain, to, context);

    private static Value? Narrow(Value wide, DType to, RewriteContext context) => wide.Op switch
    {
        Cast cast when cast.X.DType == to => cast.X,
        Reshape { X.Op: Cast cast } reshape when cast.X.DType == to => context.Emit(reshape with { X = cast.X }),
        _ => null,
    };
}
