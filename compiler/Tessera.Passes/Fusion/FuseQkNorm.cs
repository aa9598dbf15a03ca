using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>attention(rms_norm(q, g), rms_norm(k, h), v)  →  attention(q, k, v; q_norm g, k_norm h), one ε for both.</summary>
public sealed class FuseQkNorm : RewriteRule<Attention>
{
    public override Value? Apply(Attention op, RewriteContext context)
    {
        RmsNorm? q = op.QNorm is null ? op.Q.Op as RmsNorm : null;
        RmsNorm? k = op.KNorm is null ? op.K.Op as RmsNorm : null;
        if (q is null && k is null)
        {
            return null;
        }

        Real epsilon = op.QNorm is not null || op.KNorm is not null ? op.NormEpsilon : (q ?? k)!.Epsilon;
        if ((q is not null && q.Epsilon != epsilon) || (k is not null && k.Epsilon != epsilon))
        {
            return context.Reject(op, $"the norms of queries and keys have different epsilons, {(q?.Epsilon ?? epsilon)} and {(k?.Epsilon ?? epsilon)}");
        }

        if ((q is not null && !context.HasSingleUse(op.Q)) || (k is not null && !context.HasSingleUse(op.K)))
        {
            return context.Reject(op, "a normalised query or key has other users");
        }

        // Attention's gains are weights: one that data decides would keep it from being batched.
        if (!NormPatterns.IsWeight(q?.Weight) || !NormPatterns.IsWeight(k?.Weight))
        {
            return context.Reject(op, "a gain is computed from data");
        }

        return context.Emit(op with
        {
            Q = q?.X ?? op.Q,
            K = k?.X ?? op.K,
            QNorm = q?.Weight ?? op.QNorm,
            KNorm = k?.Weight ?? op.KNorm,
            NormEpsilon = epsilon,
        });
    }
}
