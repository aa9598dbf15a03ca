using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>conv(x, w, b) · c  →  conv(x, w·c, b·c);  conv(x, w, b) + c  →  conv(x, w, b + c), c one number for each channel.</summary>
public sealed class FoldAfterConv : RewriteRule<BinaryOp>
{
    public override Value? Apply(BinaryOp op, RewriteContext context)
    {
        if (op is not (Mul or Add) || op.A.Op is not Conv conv || op.B.Op is not Constant)
        {
            return null;
        }

        Shape image = op.A.Shape;
        return ChannelConstant.Of(op.B, image) is not { } c ? context.Reject(op, $"{op.B.Type} is not one number for each channel of {op.A.Type}")
            : !context.HasSingleUse(op.A) ? context.Reject(op, "the convolution has other users")
            : op is Mul ? Scale(op, conv, c, context)
            : Shift(op, conv, c, context);
    }

    private static Value? Scale(BinaryOp op, Conv conv, ChannelConstant c, RewriteContext context)
    {
        if (!c.IsFactor)
        {
            return context.Reject(op, "a factor is 0 or not finite");
        }

        Value? bias = conv.Bias is { } given ? c.Times(given, 0, context) : null;
        return c.Times(conv.W, 0, context) is { } kernel && (conv.Bias is null || bias is not null)
            ? context.Emit(conv with { W = kernel, Bias = bias })
            : context.Reject(op, "the kernel or the bias is not known, or a product with it overflows or vanishes");
    }

    private static Value? Shift(BinaryOp op, Conv conv, ChannelConstant c, RewriteContext context)
    {
        if (!c.IsModerate)
        {
            return context.Reject(op, "a term is not finite or large");
        }

        if (conv.W.Shape[0].ConstValue is not { } channels)
        {
            return context.Reject(op, $"the number of channels of {conv.W.Type} is not known");
        }

        Value vector = c.Vector((int)channels, context);
        return context.Emit(conv with { Bias = conv.Bias is { } bias ? context.Emit(new Add(bias, vector)) : vector });
    }
}
