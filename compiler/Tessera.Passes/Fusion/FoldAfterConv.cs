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

    private static Value? Scale(BinaryOp op, Conv conv, ChannelConstant c, RewriteContext context) => !c.IsTame
        ? context.Reject(op, "a factor is 0, not finite, or so far from 1 that weights would lose digits")
        : context.Emit(conv with
        {
            W = context.Emit(new Mul(conv.W, c.Along(0, conv.W.Rank, context))),
            Bias = conv.Bias is { } bias ? context.Emit(new Mul(bias, c.Along(0, 1, context))) : null,
        });

    private static Value? Shift(BinaryOp op, Conv conv, ChannelConstant c, RewriteContext context)
    {
        if (!c.IsFinite)
        {
            return context.Reject(op, "a term is not finite or very large");
        }

        if (conv.Bias is { } bias)
        {
            return context.Emit(conv with { Bias = context.Emit(new Add(bias, c.Along(0, 1, context))) });
        }

        return conv.W.Shape[0].ConstValue is { } channels
            ? context.Emit(conv with { Bias = c.Vector((int)channels, context) })
            : context.Reject(op, $"the number of channels of {conv.W.Type} is not known");
    }
}
