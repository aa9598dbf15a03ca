using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Σ_{e,c} combine[t, e, c] · mlp_e(Σ_t dispatch[t, e, c] · x[t])  →  grouped_mlp(x, ids, weights), ids that found no room being −1. It
/// holds where no token or expert is infinite: a mask multiplies all of them by 0.
/// </summary>
public sealed class FuseDispatchedExperts : RewriteRule<MatMul>
{
    public override Value? Apply(MatMul op, RewriteContext context)
    {
        if (op.A.Op is not Reshape { X: { Rank: 3 } combine } || op.B.Op is not Reshape { X: { Rank: 3 } results } || op.A.Rank != 2 || op.B.Rank != 2
            || combine.Shape[1].ConstValue is not { } experts || results.Shape[0] != combine.Shape[1] || !context.Equal(results.Shape[1], combine.Shape[2])
            || !context.Equal(op.A.Shape[0], combine.Shape[0]) || !context.Equal(op.B.Shape[1], results.Shape[2])
            || new ExpertMatcher(3).Match(results) is not { } form || Dispatched(form.X, context) is not var (mask, x) || !context.Equal(x.Shape[0], combine.Shape[0]) || !context.Equal(mask.Shape, combine.Shape))
        {
            return null;
        }

        if (Dispatch.Of(combine, context) is not { } routed)
        {
            return context.Reject(op, "the weights with which results are combined are no product of flags of experts and of places that running sums give");
        }

        if (!IsMaskOf(mask, combine, routed, context) && !(Dispatch.Of(mask, context) is { Weights.Count: 0 } other && ReferenceEquals(other.Ids, routed.Ids) && other.Priority == routed.Priority))
        {
            return context.Reject(op, "tokens are not sent to the places that results are taken from");
        }

        return Fused(op, form with { X = x }, routed, combine.Shape, context);
    }

    private static Value? Fused(MatMul op, ExpertForm form, Dispatch routed, Shape mask, RewriteContext context)
    {
        long experts = mask[1].ConstValue!.Value;
        Value ids = Axes.Reshape(routed.Ids, [mask[0], routed.Ids.Rank == 1 ? Dim.One : routed.Ids.Shape[^1]], context);
        Assignment given = new(ids, ids);
        if (given.Experts != experts || !given.IsSelection(context))
        {
            return context.Reject(op, "it is not proved that every id is that of an expert, none twice");
        }

        if (ChoiceWeights.Of(routed.Weights, ids, context) is not { } weights)
        {
            return context.Reject(op, "the weights with which results are combined are not one for each choice");
        }

        context.HoldsWhereFinite();
        Value kept = context.Facts.GreaterEqual(mask[2], mask[0]) == Proof.Proved ? ids : ExpertRoom.Bounded(ids, experts, mask[2], routed.Priority, context);
        return ExpertEmission.EmitStacks(op, context, form.X, new Assignment(kept, weights), form, experts);
    }

    // x [T, D] in dispatchᵀ · x, [E, C, D].
    private static (Value Mask, Value X)? Dispatched(Value sent, RewriteContext context) => sent.Op switch
    {
        MatMul { A: { Op: Transpose { Perm: [1, 2, 0], X: var mask } }, B: { Rank: 2 } x } => (mask, x),
        Reshape { X.Op: MatMul { A: { Op: Transpose { Perm: [1, 0], X.Op: Reshape { X: { Rank: 3 } mask } } } a, B: { Rank: 2 } x } } when IsCut(sent, a, mask, context) => (mask, x),
        Reshape { X.Op: MatMul { A: { Op: Reshape { X.Op: Transpose { Perm: [1, 2, 0], X: var mask } } } a, B: { Rank: 2 } x } } when IsCut(sent, a, mask, context) => (mask, x),
        _ => null,
    };

    private static bool IsCut(Value sent, Value turned, Value mask, RewriteContext context) => sent.Rank == 3 && turned.Rank == 2 && context.Equal(turned.Shape[1], mask.Shape[0]) && sent.Shape[0] == mask.Shape[1] && context.Equal(sent.Shape[1], mask.Shape[2]);

    // 1 where a weight is not 0: what weighs 0 gives 0 in any case.
    private static bool IsMaskOf(Value mask, Value weights, Dispatch routed, RewriteContext context)
    {
        while (mask.Op is Cast { X: var x } && mask.DType != DType.Bool)
        {
            mask = x;
        }

        return mask.Op switch
        {
            Cast { X: var x } => IsSame(x, weights),
            Not { X.Op: Equal { A: var a, B: var zero } } => IsSame(a, weights) && Numbers.IsZero(zero),
            Greater { A: var a, B: var zero } => IsSame(a, weights) && Numbers.IsZero(zero) && routed.Weights.All(w => Signs.IsNeverNegative(w.Value, context)),
            _ => false,
        };
    }

    private static bool IsSame(Value numbers, Value weights) => ReferenceEquals(numbers.Op is Cast cast && Numbers.Widens(cast) ? cast.X : numbers, weights);
}
