using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>The attention op of a site, in an element type that holds all of its operands.</summary>
internal static class AttentionEmission
{
    /// <summary>The result where and as the model has it; null, with the reason, where types do not go together.</summary>
    public static Value? Emit(AttentionSite site, AttentionWeights weights, DType result, RewriteContext context, out string? reason)
    {
        Attention op = Op(site, context);
        if (Numbers.Wider(op.Q.DType, op.V.DType) is not { } both || Numbers.Wider(both, op.Mask?.DType ?? both) is not { } dtype)
        {
            reason = $"queries {op.Q.Type}, values {op.V.Type} and mask {op.Mask?.Type} have no common element type";
            return null;
        }

        reason = null;
        Value attended = site.Restore(context.Emit(op with
        {
            Q = To(op.Q, dtype, context),
            K = To(op.K, dtype, context),
            V = To(op.V, dtype, context),
            Mask = op.Mask is null ? null : To(op.Mask, dtype, context),
            Safe = weights.IsSafe,
        }));
        attended = weights.Scale == 1 ? attended : context.Emit(new Mul(attended, context.Builder.Float(dtype, weights.Scale)));
        return To(attended, result, context);
    }

    /// <summary>The op over the operands as they are.</summary>
    public static Attention Op(AttentionSite site, RewriteContext context)
    {
        AttentionLogits logits = site.Logits;
        int heads = site.Q.Rank - 2;
        Value v = site.V ?? site.K;
        if (RepeatedHeads.Strip(site.K, heads, context) is { } keys && (site.V is null ? keys : RepeatedHeads.Strip(v, heads, context)) is { } values
            && keys.Shape[heads] == values.Shape[heads])
        {
            (site, v) = (site with { K = keys }, values);
        }

        return Positions.Take(new Attention(site.Q, site.K, v, Mask: logits.Mask, Visible: logits.Visible)
        {
            Scale = logits.Scale,
            Softcap = logits.Softcap,
            Hiding = logits.Visible is not null ? Hiding.Filled : logits.Mask is null || MaskProof.IsFinite(logits.Mask) ? Hiding.LeftOut : Hiding.Added,
            Fill = logits.Visible is not null ? logits.Fill : double.NegativeInfinity,
        }, context);
    }

    private static Value To(Value x, DType dtype, RewriteContext context) => x.DType == dtype ? x : context.Emit(new Cast(x) { To = dtype });
}
