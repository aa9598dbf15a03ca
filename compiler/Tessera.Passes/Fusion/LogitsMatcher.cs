using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Reads logits from the softmax inwards: masks added, numbers filled in by flags, reshapes of the axes in front of the
/// tokens, casts to a wider type, softcap, scale, and the product of queries and keys.
/// </summary>
internal sealed class LogitsMatcher(RewriteContext context)
{
    private const int MostSums = 6;
    private const int MostSteps = 64;
    private int _sums;
    private int _steps;

    /// <summary>Why there was no match.</summary>
    public string Reason { get; private set; } = "what the softmax is of is no product of queries and keys";

    /// <summary>Null where it is no such thing; masks have the frame of the product.</summary>
    public AttentionLogits? Match(Value value) => value.Type is not TensorType { Shape.Rank: >= 2 } || _steps++ >= MostSteps ? null : value.Op switch
    {
        Cast cast when Numbers.Widens(cast) => Match(cast.X),
        Reshape reshape when KeepsTokens(reshape) => Match(reshape.X),
        Add sum when _sums++ < MostSums => Match(sum.A) is { } left ? Masked(left, sum.B, value)
            : Match(sum.B) is { } right ? Masked(right, sum.A, value)
            : null,
        Where { Condition: var flags, X: var shown, Y: var fill } when Numbers.IsFill(fill, out double by) && Fits(shown, value)
            => Match(shown) is { } inner ? Filled(inner, flags, by, value) : null,
        Where { Condition: var flags, X: var fill, Y: var shown } when Numbers.IsFill(fill, out double by) && Fits(shown, value)
            => Match(shown) is { } inner ? Filled(inner, context.Emit(new Not(flags)), by, value) : null,
        _ => Scaled(value),
    };

    private AttentionLogits? Scaled(Value value)
    {
        (Value inner, double scale) = Numbers.StripScale(value);
        if (inner.Op is Tanh tanh && scale > 0)
        {
            (Value capped, double by) = Numbers.StripScale(tanh.X);
            return Match(capped) is { Softcap: 0, Mask: null, Visible: null } product
                ? product with { Scale = product.Scale * by * scale, Softcap = scale }
                : null;
        }

        return scale == 1 ? Product(inner)
            : Match(inner) is { Softcap: 0, Visible: null } logits ? Times(logits, scale)
            : null;
    }

    private AttentionLogits Times(AttentionLogits logits, double scale) => logits with
    {
        Scale = logits.Scale * scale,
        Mask = logits.Mask is { } mask ? context.Emit(new Mul(mask, context.Builder.Float(mask.DType, scale))) : null,
    };

    private AttentionLogits? Product(Value value)
    {
        if (value.Op is not MatMul { A: var a, B: var b })
        {
            return null;
        }

        if (a.Rank != b.Rank)
        {
            Reason = $"queries {a.Shape} and transposed keys {b.Shape} have ranks that attention has no form for";
            return null;
        }

        (Value q, double onQ) = Numbers.StripScaleBelow(a, context);
        (Value k, double onK) = Numbers.StripScaleBelow(Axes.Swap(b, a.Rank - 2, a.Rank - 1, context), context);
        return new AttentionLogits(q, k, onQ * onK);
    }

    private AttentionLogits? Masked(AttentionLogits inner, Value mask, Value whole)
    {
        if (Numbers.IsZero(mask))
        {
            return Fits(inner, whole) ? inner : Widens(mask);
        }

        return Aligned(inner, mask, whole) is not { } added ? Widens(mask) : inner with
        {
            Mask = inner.Mask is null ? added : context.Emit(new Add(inner.Mask, added)),
        };
    }

    // where(c, s + M, f)  =  where(c, s, f) + where(c, M, 0), for every M.
    private AttentionLogits? Filled(AttentionLogits inner, Value flags, double fill, Value whole)
    {
        if (inner.Visible is not null && inner.Fill != fill)
        {
            Reason = $"keys are hidden by {inner.Fill} and by {fill}";
            return null;
        }

        if (Aligned(inner, flags, whole) is not { } aligned)
        {
            return Widens(flags);
        }

        Value zero(Value mask) => context.Builder.Float(mask.DType, 0);
        return inner with
        {
            Visible = inner.Visible is null ? aligned : context.Emit(new And(inner.Visible, aligned)),
            Fill = fill,
            Mask = inner.Mask is null ? null : MaskProof.IsFinite(inner.Mask) && double.IsNegativeInfinity(fill)
                ? inner.Mask
                : context.Emit(new Where(aligned, inner.Mask, zero(inner.Mask))),
        };
    }

    private AttentionLogits? Widens(Value mask)
    {
        Reason = $"the mask {mask.Type} widens the logits";
        return null;
    }

    // A mask stands in the axes of the value it makes; the product's may be others.
    private Value? Aligned(AttentionLogits inner, Value mask, Value whole) => !Fits(inner, whole)
        ? null
        : Axes.Align(mask, [.. whole.Shape.SkipLast(2)], inner.Frame, context);

    // Neither mask nor flags may make more logits of what there is.
    private bool Fits(AttentionLogits inner, Value whole) =>
        context.Equal(Dim.Product(inner.Frame), Dim.Product(whole.Shape.SkipLast(2)))
        && context.Equal(inner.Q.Shape[inner.Q.Rank - 2], whole.Shape[whole.Rank - 2])
        && context.Equal(inner.K.Shape[inner.K.Rank - 2], whole.Shape[whole.Rank - 1]);

    private bool Fits(Value shown, Value whole) => context.Equal(shown.Shape, whole.Shape);

    private bool KeepsTokens(Reshape reshape) => reshape.X.Type is TensorType { Shape.Rank: >= 2 } && reshape.Shape.Rank >= 2
        && context.Equal(reshape.X.Shape[reshape.X.Rank - 1], reshape.Shape[reshape.Shape.Rank - 1])
        && context.Equal(reshape.X.Shape[reshape.X.Rank - 2], reshape.Shape[reshape.Shape.Rank - 2]);
}
