using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// softmax(q·kᵀ·s [softcap] [+ mask])·v  →  attention(q, k, v; s), heads first (<c>[H, n, D]</c>, with or without a batch axis)
/// or without heads (<c>[n, D]</c>). Attention is token-major: the transposes put around it cancel with the model's own.
/// </summary>
public sealed class FuseAttention : RewriteRule<MatMul>
{
    public override Value? Apply(MatMul op, RewriteContext context)
    {
        if (op.A.Op is not Softmax softmax || (softmax.Axis != -1 && softmax.Axis != op.A.Rank - 1))
        {
            return null;
        }

        AttentionLogits? logits = AttentionLogits.Match(softmax.X, context);
        if (logits is null)
        {
            return context.Reject(op, "what the softmax is of is no product of queries and keys");
        }

        return Refusal(logits, op, context) is { } reason ? context.Reject(op, reason) : Emit(logits, op.B, context);
    }

    private static string? Refusal(AttentionLogits logits, MatMul op, RewriteContext context)
    {
        (Shape q, Shape kT, Shape v) = (logits.Q.Shape, logits.KT.Shape, op.B.Shape);
        int rank = q.Rank;
        return rank is < 2 or > 4 || kT.Rank != rank || v.Rank != rank ? $"queries {q}, keys {kT} and values {v} have ranks that attention has no form for"
            : !Products.IsAttribute(logits.Scale, logits.Q.DType) ? $"the scale {logits.Scale} is no finite number other than 0 in f32"
            : logits.Softcap != 0 && !Products.IsAttribute(logits.Softcap, logits.Q.DType) ? $"the cap {logits.Softcap} is no finite number other than 0 in f32"
            : rank > 2 && !(q[rank - 3].ConstValue is > 0 and var heads && kT[rank - 3].ConstValue is > 0 and var shared && heads % shared == 0 && (shared == heads || shared == 1))
                ? $"{q[rank - 3]} query heads do not go with {kT[rank - 3]} key heads"
            : rank > 2 && !context.Equal(kT[rank - 3], v[rank - 3]) ? $"keys have {kT[rank - 3]} heads, values {v[rank - 3]}"
            : rank == 4 && !(context.Equal(q[0], kT[0]) && context.Equal(q[0], v[0])) ? "a batch axis is broadcast"
            : !context.Equal(op.A.Shape, [.. q.SkipLast(1), kT[rank - 1]]) ? $"the mask {logits.Mask?.Type} widens the logits"
            : logits.Mask is { } mask ? MaskProof.Refusal(mask) : null;
    }

    private static Value Emit(AttentionLogits logits, Value v, RewriteContext context)
    {
        int rank = logits.Q.Rank;
        Value q = TokenMajor(logits.Q, context);
        Value k = rank == 2
            ? Heads(context.Emit(new Transpose(logits.KT) { Perm = [1, 0] }), context)
            : context.Emit(new Transpose(logits.KT) { Perm = rank == 3 ? [2, 0, 1] : [0, 3, 1, 2] });
        Value attended = context.Emit(new Attention(q, k, TokenMajor(v, context), Mask: logits.Mask)
        {
            Scale = logits.Scale,
            Softcap = logits.Softcap,
        });
        return rank == 2
            ? context.Emit(new Reshape(attended) { Shape = [attended.Shape[0], attended.Shape[2]] })
            : TokenMajor(attended, context);
    }

    // [H, n, D] ↔ [n, H, D]: the exchange is its own inverse.
    private static Value TokenMajor(Value value, RewriteContext context) => value.Rank switch
    {
        2 => Heads(value, context),
        3 => context.Emit(new Transpose(value) { Perm = [1, 0, 2] }),
        _ => context.Emit(new Transpose(value) { Perm = [0, 2, 1, 3] }),
    };

    private static Value Heads(Value value, RewriteContext context) =>
        context.Emit(new Reshape(value) { Shape = [value.Shape[0], 1, value.Shape[1]] });
}
