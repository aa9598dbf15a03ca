using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Queries, keys and values of an attention as a model has them, heads in front of tokens, made into the operands of the op,
/// tokens in front: <c>[n, D]</c>, <c>[H, n, D]</c>, <c>[B, H, n, D]</c>, <c>[B, G, r, n, D]</c> (r query heads to a key head)
/// and <c>[B·H, n, D]</c>, where that was cut of four axes or has no fixed size.
/// </summary>
/// <param name="Logits">With masks over the frame of the head axes.</param>
/// <param name="Q"><c>[n, H, D]</c>, with a batch axis or without.</param>
/// <param name="K">The same of keys, key heads repeated or not.</param>
/// <param name="V">The same of values; null where only logits are looked at.</param>
/// <param name="Restore">Takes the op's result to where the model has it.</param>
internal sealed record AttentionSite(AttentionLogits Logits, Value Q, Value K, Value? V, Func<Value, Value> Restore)
{
    /// <summary>Null, with the reason, where heads or batches do not go together.</summary>
    public static AttentionSite? Of(AttentionLogits logits, Value? v, RewriteContext context, out string? reason)
    {
        (Shape q, Shape k) = (logits.Q.Shape, logits.K.Shape);
        int rank = q.Rank;
        reason = rank is < 2 or > 5 || k.Rank != rank || (v is not null && v.Rank != rank)
            ? $"queries {q}, keys {k} and values {v?.Shape} have ranks that attention has no form for"
            : v is not null && !context.Equal(k.With(rank - 1, Dim.One), v.Shape.With(rank - 1, Dim.One)) ? $"keys {k} and values {v.Shape} differ in heads or tokens"
            : null;
        return reason is not null ? null : rank switch
        {
            2 => Single(logits, v, context),
            3 => Cut(logits, v, context) ?? (HeadsGoTogether(q[0], k[0]) ? Plain(logits, v, context) : Rows(logits, v, context, ref reason)),
            4 => !context.Equal(q[0], k[0]) ? Refuse("a batch axis is broadcast", ref reason)
                : HeadsGoTogether(q[1], k[1]) ? Plain(logits, v, context)
                : Refuse($"{q[1]} query heads do not go with {k[1]} key heads", ref reason),
            _ => Grouped(logits, v, context, ref reason),
        };
    }

    private static AttentionSite? Refuse(string why, ref string? reason)
    {
        reason = why;
        return null;
    }

    // One key head for all, or one for each: the product has no more heads than the queries.
    private static bool HeadsGoTogether(Dim q, Dim k) => q.ConstValue is > 0 && k.ConstValue is > 0;

    private static AttentionSite Single(AttentionLogits logits, Value? v, RewriteContext context)
    {
        Value Heads(Value x) => Axes.Reshape(x, [x.Shape[0], 1, x.Shape[1]], context);
        return new AttentionSite(
            logits, Heads(logits.Q), Heads(logits.K), v is null ? null : Heads(v), y => Axes.Reshape(y, [y.Shape[0], y.Shape[2]], context));
    }

    private static AttentionSite Plain(AttentionLogits logits, Value? v, RewriteContext context)
    {
        // [H, n, D] ↔ [n, H, D]: the exchange is its own inverse.
        Value Exchange(Value x) => Axes.Swap(x, x.Rank - 3, x.Rank - 2, context);
        return new AttentionSite(logits, Exchange(logits.Q), Exchange(logits.K), v is null ? null : Exchange(v), Exchange);
    }

    // [B·H, n, D] that was [B, H, n, D].
    private static AttentionSite? Cut(AttentionLogits logits, Value? v, RewriteContext context)
    {
        if (Whole(logits.Q, null, context) is not { } q || Whole(logits.K, q.Shape, context) is not { } k
            || (v is null ? k : Whole(v, q.Shape, context)) is not { } values)
        {
            return null;
        }

        Shape from = logits.Frame;
        Shape to = [q.Shape[0], q.Shape[1]];
        AttentionLogits whole = logits with { Q = q, K = k };
        if (!TryAlign(ref whole, from, to, context))
        {
            return null;
        }

        AttentionSite site = Plain(whole, v is null ? null : values, context);
        return site with { Restore = y => site.Restore(y) is var heads ? Axes.Reshape(heads, [from[0], heads.Shape[2], heads.Shape[3]], context) : y };
    }

    private static Value? Whole(Value x, Shape? like, RewriteContext context) => x.Op is Reshape { X: { Rank: 4 } inner }
        && context.Equal(inner.Shape[2], x.Shape[1]) && context.Equal(inner.Shape[3], x.Shape[2]) && inner.Shape[1].ConstValue is > 0
        && (like is null || (context.Equal(inner.Shape[0], like[0]) && context.Equal(inner.Shape[1], like[1])))
        ? inner
        : null;

    // Rows of a batch, each with one head.
    private static AttentionSite? Rows(AttentionLogits logits, Value? v, RewriteContext context, ref string? reason)
    {
        Dim rows = logits.Q.Shape[0];
        if (!context.Equal(rows, logits.K.Shape[0]))
        {
            return Refuse($"{rows} query heads do not go with {logits.K.Shape[0]} key heads", ref reason);
        }

        if (!TryAlign(ref logits, [rows], [rows, Dim.One], context))
        {
            return Refuse("the mask does not follow the heads", ref reason);
        }

        Value Heads(Value x) => Axes.Reshape(x, [x.Shape[0], x.Shape[1], 1, x.Shape[2]], context);
        return new AttentionSite(
            logits, Heads(logits.Q), Heads(logits.K), v is null ? null : Heads(v), y => Axes.Reshape(y, [y.Shape[0], y.Shape[1], y.Shape[3]], context));
    }

    // [B, G, r, n, D] with keys [B, G, 1, m, D].
    private static AttentionSite? Grouped(AttentionLogits logits, Value? v, RewriteContext context, ref string? reason)
    {
        (Shape q, Shape k) = (logits.Q.Shape, logits.K.Shape);
        if (k[2] != Dim.One || !context.Equal(q[0], k[0]) || !context.Equal(q[1], k[1]) || q[1].ConstValue is not > 0 || q[2].ConstValue is not > 0)
        {
            return Refuse($"{q} queries in groups do not go with keys {k}", ref reason);
        }

        if (!TryAlign(ref logits, [q[0], q[1], q[2]], [q[0], q[1] * q[2]], context))
        {
            return Refuse("the mask does not follow the heads", ref reason);
        }

        Value Merged(Value x) => Axes.Reshape(x, [x.Shape[0], x.Shape[1] * x.Shape[2], x.Shape[3], x.Shape[4]], context);
        AttentionSite site = Plain(logits with { Q = Merged(logits.Q), K = Merged(logits.K) }, v is null ? null : Merged(v), context);
        return site with { Restore = y => site.Restore(y) is var heads ? Axes.Reshape(heads, [q[0], q[1], q[2], heads.Shape[2], heads.Shape[3]], context) : y };
    }

    private static bool TryAlign(ref AttentionLogits logits, Shape from, Shape to, RewriteContext context)
    {
        Value? mask = logits.Mask is null ? null : Axes.Align(logits.Mask, from, to, context);
        Value? visible = logits.Visible is null ? null : Axes.Align(logits.Visible, from, to, context);
        bool aligned = (mask is null) == (logits.Mask is null) && (visible is null) == (logits.Visible is null);
        logits = logits with { Mask = mask, Visible = visible };
        return aligned;
    }
}
