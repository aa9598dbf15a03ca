using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// conv(x, w, b) · k + d  →  conv(x, w·k, b·k + d) for known numbers k and d of each channel, as a batch norm has them; so for
/// transposed convolutions. Computed in double and rounded once. Infinite numbers, and products that overflow or vanish, would
/// make another NaN of ∞ · 0.
/// </summary>
public sealed class FuseConvScale : RewriteRule<Op>
{
    public override Value? Apply(Op op, RewriteContext context)
    {
        if (op is not (BatchNorm or Mul or Div or Add) || op.Operands[0] is not { Op: Conv or ConvTranspose } result || op.Outputs[0].Rank != result.Rank
            || result.Shape[1].ConstValue is not { } channels)
        {
            return null;
        }

        (Value w, Value? bias) = (result.Producer.Operands[1]!, result.Producer.Operands[2]);
        if (ChannelScale.Of(op, result, (int)channels, context.Weights, out string? unknown) is not { } scale)
        {
            return context.Reject(op, unknown!);
        }

        if (!context.HasSingleUse(result))
        {
            return context.Reject(op, "the convolution has other users");
        }

        if (result.Op is ConvTranspose { Group: not 1 })
        {
            return context.Reject(op, "the transposed convolution has groups");
        }

        ScaledKernel kernel = ScaledKernel.Of(w, result.Op is Conv ? 0 : 1).Times(scale.Factors);
        double[]? offsets = Offsets(bias, scale, result.DType, context);
        return offsets is null ? context.Reject(op, "the convolution's bias is not known, or becomes infinite")
            : !kernel.Keeps(context.Weights) ? context.Reject(op, "the kernel is not known, or a product with it overflows or vanishes")
            : context.Emit(result.Producer.WithOperands([result.Producer.Operands[0], kernel.Emit(context), Bias(bias, offsets, result.DType, context)]));
    }

    private static double[]? Offsets(Value? bias, ChannelScale scale, DType dtype, RewriteContext context)
    {
        double[]? before = bias is null ? new double[scale.Offsets.Length] : context.Weights.Numbers(bias);
        double[]? after = before is null ? null : [.. before.Select((b, i) => RefTensors.Round(dtype, (b * scale.Factors[i]) + scale.Offsets[i]))];
        return after?.All(double.IsFinite) == true ? after : null;
    }

    // Adding 0 would make 0 of −0, and nothing faster.
    private static Value? Bias(Value? before, double[] offsets, DType dtype, RewriteContext context) => before is null && offsets.All(static d => d == 0)
        ? null
        : context.Emit(new Constant { Value = RefTensors.ToContent(RefTensor.Floats(dtype, [offsets.Length], offsets)) });
}
