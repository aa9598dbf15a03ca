using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Σ_e gates[…, e] · mlp_e(x) where all experts are one product with stacked weights <c>[E, …]</c>  →  grouped_mlp(x, ids, weights). It
/// holds where no expert overflows on a token that is not its own.
/// </summary>
public sealed class FuseBatchedExperts : RewriteRule<ReduceSum>
{
    public override Value? Apply(ReduceSum op, RewriteContext context)
    {
        if (op.X.Op is not Mul { A: var a, B: var b } || op.X.Rank != 3 || op.Axes is not [0 or -3])
        {
            return null;
        }

        return (Match(op, a, b, context) ?? Match(op, b, a, context)) is { } y ? Axes.Reshape(y, op.Outputs[0].Shape, context) : null;
    }

    private static Value? Match(ReduceSum op, Value output, Value gate, RewriteContext context)
    {
        if (gate.Rank != 3 || gate.Shape[2] != Dim.One || new ExpertMatcher(3).Match(output) is not { } form || Spread(gate, context) is not var (assignment, experts))
        {
            return null;
        }

        context.HoldsWhereFinite();
        return Tokens(form.X) is { } x && context.Equal(x.Shape[0], gate.Shape[1]) ? ExpertEmission.EmitStacks(op, context, x, assignment, form, experts) : null;
    }

    // gates [T, E] as [E, T, 1].
    private static (Assignment, long)? Spread(Value gate, RewriteContext context)
    {
        Value flat = gate.Op is Reshape { X: { Rank: 2 } x } && context.Equal(x.Shape[0], gate.Shape[0]) ? x : gate;
        Value? gates = flat.Op switch
        {
            Transpose { Perm: [1, 0] } t => t.X,
            Transpose { Perm: [1, 0, 2], X.Op: Reshape { X: { Rank: 2 } before } r } t when context.Equal(r.Outputs[0].Shape[0], before.Shape[0]) && t.X.Shape[2] == Dim.One => before,
            _ => null,
        };
        return gates is null ? null : new GateMatcher(context).Spread(gates);
    }

    // x [T, D] before it was repeated for every expert.
    private static Value? Tokens(Value x) => x.Op switch
    {
        Expand { X: var inner } when inner.Op is not Expand => Tokens(inner),
        Reshape { X: { Rank: 2 } inner } when x.Rank == 3 && x.Shape[0] == Dim.One => inner,
        _ => x.Rank == 2 ? x : null,
    };
}
