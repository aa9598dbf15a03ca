using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>Experts added one after another to a sum, each where its tokens stand, perhaps only if there are any.</summary>
internal static class GatheredSum
{
    /// <summary>What the sum is, where all experts are in it.</summary>
    public static Value? Fuse(Op op, Value sum, RewriteContext context)
    {
        ExpertSet set = new(context);
        Value rest = sum;
        while (!set.IsComplete && Step(rest, context) is { } step && new GatheredExpert(step, context).AddTo(set))
        {
            rest = step.Data;
        }

        if (set.Count == 0)
        {
            return null;
        }

        return !set.IsComplete
            ? context.Reject(op, set.Needed is null ? "nothing tells how many experts there are" : set.Missing())
            : Numbers.IsZero(rest) ? set.Emit() : context.Emit(new Add(rest, set.Emit()));
    }

    private static ScatterND? Step(Value sum, RewriteContext context) => sum.Op switch
    {
        ScatterND { Reduction: ScatterReduction.Add } step => step,
        If { OutputCount: 1 } guard when guard.Else.Results[0] is { Op: Input } kept => Guarded(guard, kept, context),
        _ => null,
    };

    // Where no flag is set, nothing is added: the branch that adds nothing is the same.
    private static ScatterND? Guarded(If guard, Value kept, RewriteContext context)
    {
        int place = guard.Else.Parameters.ToList().IndexOf(kept);
        Value sum = guard.Captures[place];
        return RegionInlining.Inline(context.Builder, guard.Then, [.. guard.Captures])[0].Op is ScatterND { Reduction: ScatterReduction.Add } step
            && ReferenceEquals(step.Data, sum) && TokenIndex.Of(step.Indices) is { } tokens && IsWhereAny(guard.Condition, step, tokens.Found.X)
            ? step
            : null;
    }

    // Whether a condition says that there are rows to add.
    private static bool IsWhereAny(Value condition, ScatterND step, Value flags) => condition.Op switch
    {
        Greater { A: var count, B: var none } when Numbers.IsZero(none) => IsCount(count, step.Updates.Shape[0]) || IsOfFlags(count, flags),
        Not { X.Op: Equal { A: var count, B: var none } } when Numbers.IsZero(none) => IsCount(count, step.Updates.Shape[0]) || IsOfFlags(count, flags),
        Reshape { X: var x } => IsWhereAny(x, step, flags),
        _ => IsOfFlags(condition, flags) && !ReferenceEquals(condition, flags),
    };

    // The number of rows, as a size.
    private static bool IsCount(Value count, Dim rows) => count.Sizes is [var size] && size == rows;

    // How many flags are set, or whether one is.
    private static bool IsOfFlags(Value value, Value flags) => value.Op switch
    {
        ReduceSum { X: var x } sum => IsAll(sum.Axes, x.Rank) && IsOfFlags(x, flags),
        ReduceMax { X: var x } most => IsAll(most.Axes, x.Rank) && IsOfFlags(x, flags),
        Cast { X: var x } => IsOfFlags(x, flags),
        Reshape { X: var x } => IsOfFlags(x, flags),
        _ => ReferenceEquals(value, flags),
    };

    private static bool IsAll(EquatableArray<long> axes, int rank) => axes.Count == 0 || axes.Count == rank;
}
