using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// grouped_mlp over the ids and weights that ops of selection make of logits  →  grouped_mlp over <c>route(logits)</c>, of the kind that
/// they prove to be (<see cref="RouteMatcher"/>). It is a law about experts' results and not about ids: where all weights of a token
/// are NaN, it does not matter whose they are.
/// </summary>
public sealed class FuseRoute : RewriteRule<GroupedMlp>
{
    public override Value? Apply(GroupedMlp op, RewriteContext context)
    {
        RouteMatcher matcher = new(op, context);
        if (matcher.Match() is not { } route)
        {
            return matcher.Reason is { } reason ? context.Reject(op, reason) : null;
        }

        IReadOnlyList<Value> routed = context.EmitAll(Widened(route, op.Weights.DType, context));
        Value weights = routed[0].DType == op.Weights.DType ? routed[0] : context.Emit(new Cast(routed[0]) { To = op.Weights.DType });
        return context.Emit(op with { Experts = routed[1], Weights = weights });
    }

    // Scores of narrow logits that were computed in a wider type keep its digits.
    private static Route Widened(Route route, DType type, RewriteContext context)
    {
        Value? As(Value? value) => value is null ? null : context.Emit(new Cast(value) { To = type });
        return route.Logits.DType == type || Numbers.Wider(route.Logits.DType, type) != type ? route : route with { Logits = As(route.Logits)!, SelectionBias = As(route.SelectionBias) };
    }
}
