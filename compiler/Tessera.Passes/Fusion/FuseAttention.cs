using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// softmax(q·kᵀ·s [softcap] [filled by flags] [+ mask])·v  →  attention(q, k, v; s), in every form that exporters write
/// (<see cref="AttentionSite"/>). Attention is token-major: the transposes put around it cancel with the model's own. Masks
/// that may hold −∞ are added, as the model does (<see cref="Hiding.Added"/>).
/// </summary>
public sealed class FuseAttention : RewriteRule<MatMul>
{
    public override Value? Apply(MatMul op, RewriteContext context)
    {
        if (AttentionWeights.Match(op.A, context) is not { } weights)
        {
            return AttentionWeights.Obstacle(op.A) is { } obstacle ? context.Reject(op, $"{obstacle.Schema.Name} stands between the softmax and the product with values") : null;
        }

        LogitsMatcher matcher = new(context);
        if (matcher.Match(weights.Softmax.X) is not { } logits)
        {
            return context.Reject(op, matcher.Reason);
        }

        return Refusal(logits, weights, op, context) is { } reason ? context.Reject(op, reason)
            : AttentionSite.Of(logits, op.B, context, out reason) is not { } site ? context.Reject(op, reason!)
            : AttentionEmission.Emit(site, weights, op.Outputs[0].DType, context, out reason) ?? context.Reject(op, reason!);
    }

    private static string? Refusal(AttentionLogits logits, AttentionWeights weights, MatMul op, RewriteContext context) =>
        logits.Refusal is { } refusal ? refusal
        : !context.Equal(op.A.Shape, [.. logits.Frame, logits.Q.Shape[logits.Q.Rank - 2], logits.K.Shape[logits.K.Rank - 2]])
            ? $"the weights {op.A.Type} are not those of queries {logits.Q.Type} and keys {logits.K.Type}"
        : !double.IsFinite(RefTensors.Round(op.A.DType, weights.Scale)) ? $"the factor {weights.Scale} of the weights is not finite"
        : null;
}
