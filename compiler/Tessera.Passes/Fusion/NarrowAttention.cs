using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// cast(attention(cast(q), cast(k), cast(v)))  →  attention(q, k, v), where the casts go to a wider type and back: the op's
/// sums are wide by themselves.
/// </summary>
public sealed class NarrowAttention : RewriteRule<Cast>
{
    public override Value? Apply(Cast op, RewriteContext context)
    {
        List<Op> moves = [];
        Value inner = op.X;
        while (inner.Op is Transpose or Reshape && context.HasSingleUse(inner))
        {
            moves.Add(inner.Producer);
            inner = inner.Producer.Operands[0]!;
        }

        if (inner.Op is not Attention attention || Numbers.Wider(op.To, inner.DType) != inner.DType || op.To == inner.DType)
        {
            return null;
        }

        if (!context.HasSingleUse(inner))
        {
            return context.Reject(op, "the wide result has other users");
        }

        if (attention.Bias is not null || attention.QNorm is not null || attention.KNorm is not null || !double.IsNegativeInfinity(attention.Fill))
        {
            return context.Reject(op, "a bias, a norm or a number filled in is wide");
        }

        Value?[] narrow = [.. ((Value?[])[attention.Q, attention.K, attention.V, attention.Mask]).Select(v => v is null ? null : Narrow(v, op.To, context))];
        if (narrow[0] is not { } q || narrow[1] is not { } k || narrow[2] is not { } v || (narrow[3] is null) != (attention.Mask is null))
        {
            return context.Reject(op, $"not all operands were {op.To.Text()} before");
        }

        Value result = context.Emit(attention with { Q = q, K = k, V = v, Mask = narrow[3] });
        return moves.AsEnumerable().Reverse().Aggregate(result, (value, move) => context.Emit(move.WithOperands([value])));
    }

    private static Value? Narrow(Value value, DType dtype, RewriteContext context) => value.Op switch
    {
        Cast cast when cast.X.DType == dtype => cast.X,
        Transpose or Reshape or Expand => Narrow(value.Producer.Operands[0]!, dtype, context) is { } inner ? context.Emit(value.Producer.WithOperands([inner])) : null,
        _ => null,
    };
}
