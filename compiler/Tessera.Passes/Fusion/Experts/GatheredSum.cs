using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>Experts added one after another to a sum, each where its tokens stand, perhaps only if there are any.</summary>
internal static class GatheredSum
{
    private const int Deepest = 12;

    /// <summary>What the sum is, where all experts are in it.</summary>
    public static Value? Fuse(Op op, Value sum, RewriteContext context)
    {
        ExpertSet set = new(context);
        Value rest = sum;
        while (!set.IsComplete && context.Once(rest, sum => Step(sum, context) is { } step ? new GatheredExpert(step, context).Read() : null) is { } found
            && set.TryAdd(found.Expert, found.Form, found.Assignment))
        {
            rest = found.Before;
        }

        if (set.Count == 0)
        {
            return null;
        }

        if (!set.IsComplete)
        {
            return context.Reject(op, set.Needed is null ? "nothing tells how many experts there are" : set.Missing());
        }

        return set.Emit(op) is not { } experts ? null
            : !context.Equal(rest.Shape, experts.Shape) ? context.Reject(op, $"what experts are added to is {rest.Type}, and they give {experts.Type}")
            : Numbers.IsZero(rest) ? experts : context.Emit(new Add(rest, experts));
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
        Reshape { X: var x } when x.Op is not Reshape => IsWhereAny(x, step, flags),
        _ => IsOfFlags(condition, flags) && !ReferenceEquals(condition, flags),
    };

    // The number of rows, as a size.
    private static bool IsCount(Value count, Dim rows) => count.Sizes is [var size] && size == rows;

    // How many flags are set, or whether one is.
    private static bool IsOfFlags(Value value, Value flags, int depth = Deepest) => depth > 0 && (value.Op switch
    {
        ReduceSum { X: var x } sum => IsAll(sum.Axes, x.Rank) && IsOfFlags(x, flags, depth - 1),
        ReduceMax { X: var x } most => IsAll(most.Axes, x.Rank) && IsOfFlags(x, flags, depth - 1),
        Cast { X: var x } => IsOfFlags(x, flags, depth - 1),
        Reshape { X: var x } => IsOfFlags(x, flags, depth - 1),
        _ => ReferenceEquals(value, flags),
    });

    private static bool IsAll(EquatableArray<long> axes, int rank) => axes.Count == 0 || axes.Count == rank;
}
