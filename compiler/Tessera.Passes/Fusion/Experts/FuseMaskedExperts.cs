using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Σ_e gate_e · mlp_e(x), every expert run on every token and its result weighted by a column of gates that are 0 for tokens that go
/// elsewhere  →  grouped_mlp(x, ids, weights). It holds where no expert overflows on a token that is not its own.
/// </summary>
public sealed class FuseMaskedExperts : RewriteRule<Add>
{
    public override Value? Apply(Add op, RewriteContext context)
    {
        ExpertSet set = new(context);
        GateMatcher gates = new(context);
        Value? rest = op.Outputs[0];
        while (rest is not null && !set.IsComplete)
        {
            if (Take(rest, set, gates))
            {
                rest = null;
                break;
            }

            if (rest.Op is not Add { A: var a, B: var b })
            {
                break;
            }

            Value? other = Take(b, set, gates) ? a : Take(a, set, gates) ? b : null;
            if (other is null)
            {
                break;
            }

            rest = other;
        }

        if (set.Count < 2)
        {
            return null;
        }

        context.HoldsWhereFinite();
        return set.IsComplete ? set.Emit(op) is { } experts ? Sum(op, context, rest, experts) : null : set.Needed is null
            ? context.Reject(op, "nothing tells how many experts there are")
            : context.Reject(op, set.Missing());
    }

    // A sum of experts begins at 0: nothing changes where another 0 is added that does not repeat it.
    private static Value Sum(Add op, RewriteContext context, Value? rest, Value experts) =>
        rest is null || (Numbers.IsZero(rest) && context.Equal(op.Outputs[0].Shape, experts.Shape)) ? experts : context.Emit(new Add(rest, experts));

    private static bool Take(Value term, ExpertSet set, GateMatcher gates) =>
        term.Op is Mul && set.Context.Once(term, t => Read((Mul)t.Op!, set.Context, gates)) is { } found && set.TryAdd(found.Expert, found.Form, found.Assignment);

    private static Term? Read(Mul term, RewriteContext context, GateMatcher gates) =>
        Read(term.A, term.B, context, gates) ?? Read(term.B, term.A, context, gates);

    private static Term? Read(Value output, Value gate, RewriteContext context, GateMatcher gates) =>
        IsOfTokens(gate, output, context) && gates.Column(gate) is var (assignment, expert)
        && new ExpertMatcher(2).Match(output) is { } form && form.X.Rank == output.Rank ? new Term(expert, form, assignment) : null;

    // One number for each token, no token's broadcast to others.
    private static bool IsOfTokens(Value gate, Value output, RewriteContext context) => gate.Rank == output.Rank && gate.Rank > 1 && gate.Shape[^1] == Dim.One
        && context.Equal([.. gate.Shape.SkipLast(1)], [.. output.Shape.SkipLast(1)]);

    private sealed record Term(long Expert, ExpertForm Form, Assignment Assignment);
}
