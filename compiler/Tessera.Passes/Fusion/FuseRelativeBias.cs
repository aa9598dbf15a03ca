using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// attention(q, k, v; mask = M + table[f(j − i)])  →  attention(q, k, v; bias, mask = M), the bias a table by distance: rows of
/// a weight by buckets of the distance (T5 and its kin), where f is one number from some distance on.
/// </summary>
public sealed class FuseRelativeBias : RewriteRule<Attention>
{
    private const long LargestReach = 4096;

    public override Value? Apply(Attention op, RewriteContext context)
    {
        if (op is not { Mask: { } mask, Bias: null, Q.Rank: 3 })
        {
            return null;
        }

        Value[] terms = [.. Positions.Terms(mask)];
        for (int i = 0; i < terms.Length; i++)
        {
            if (Lookup(terms[i], op, context) is not { } lookup)
            {
                continue;
            }

            if (Table(lookup, op, context, out string? reason) is not { } table)
            {
                return context.Reject(op, reason!);
            }

            Value? rest = terms.Where((_, other) => other != i).Aggregate((Value?)null, (sum, t) => sum is null ? t : context.Emit(new Add(sum, t)));
            Attention biased = op with { Bias = table, Mask = rest };
            return context.Emit(rest is null && !biased.HidesKeys ? biased with { Hiding = Hiding.LeftOut } : biased);
        }

        return null;
    }

    // The gather of a weight's rows for each pair of tokens, heads in front of both.
    private static Gather? Lookup(Value term, Attention op, RewriteContext context) => term.Op switch
    {
        Reshape or Expand when Positions.KeepsPairs(term, context) => Lookup(term.Producer.Operands[0]!, op, context),
        Transpose { Perm: [2, 0, 1], X.Op: Gather { Axis: 0, Data.Rank: 2, Indices.Rank: 2 } gather } => OfWeight(gather, op, 1, context),
        Gather { Axis: 1, Data.Rank: 2, Indices.Rank: 2 } gather => OfWeight(gather, op, 0, context),
        _ => null,
    };

    private static Gather? OfWeight(Gather gather, Attention op, int heads, RewriteContext context)
    {
        Value data = gather.Data.Op is Transpose { X: var x } ? x : gather.Data;
        return data.Op is Parameter or Constant && context.Equal(gather.Data.Shape[heads], op.Q.Shape[1]) && gather.Data.DType == op.Q.DType
            && context.Equal(gather.Indices.Shape, [op.Q.Shape[0], op.K.Shape[0]])
            ? gather
            : null;
    }

    private static Value? Table(Gather lookup, Attention op, RewriteContext context, out string? reason)
    {
        reason = op.Logits != LogitsStage.None ? "its logits have another user"
            : op is { Visible: not null, Hiding: Hiding.Filled } && !double.IsNegativeInfinity(op.Fill) ? $"the bias is added to what is filled in, {op.Fill}"
            : null;
        if (reason is not null)
        {
            return null;
        }

        Distances distances = new(lookup.Indices);
        for (long reach = 1; reach <= LargestReach; reach *= 2)
        {
            if (distances.IsOneNumber(reach, long.MaxValue) && distances.IsOneNumber(-long.MaxValue, -reach) && distances.At(reach, context) is { } buckets)
            {
                Value rows = context.Emit(lookup with { Indices = buckets });
                return lookup.Axis == 1 ? rows : context.Emit(new Transpose(rows) { Perm = [1, 0] });
            }
        }

        reason = $"the rows {lookup.Indices.Type} do not follow from the distance alone, or are not one from {LargestReach} tokens on";
        return null;
    }
}
