using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>Makes a <see cref="GroupedMlp"/> of what a rule found at an op; declines for that op where there is no such form of it.</summary>
internal static class ExpertEmission
{
    private const long MostExperts = 1 << 12;

    /// <summary>Experts over tokens of any leading axes, each with weights of its own.</summary>
    public static Value? Emit(Op op, RewriteContext context, Value x, Assignment assignment, IReadOnlyList<ExpertForm> experts) =>
        Obstacle(context, x, assignment, experts[0], experts.Count) is { } reason ? context.Reject(op, reason)
            : !experts.All(e => context.Equal(Width(e), Width(experts[0]))) ? context.Reject(op, "results of experts differ in size")
            : Made(context, x, assignment, experts[0], [.. experts.SelectMany(e => e.Tail(context)).Select(w => Whole(context, w.Value, w.Rank))], experts.Count);

    /// <summary>The same where each weight is a stack <c>[E, …]</c> of those of all experts.</summary>
    public static Value? EmitStacks(Op op, RewriteContext context, Value x, Assignment assignment, ExpertForm form, long experts)
    {
        if (Obstacle(context, x, assignment, form, experts) is { } reason)
        {
            return context.Reject(op, reason);
        }

        (Value Value, int Rank)[] stacks = [.. form.Tail(context)];
        return stacks.Any(w => w.Value.Shape[0].ConstValue != experts)
            ? context.Reject(op, $"not all weights are stacks of {experts} experts")
            : Made(context, x, assignment, form, [.. Enumerable.Range(0, (int)experts).SelectMany(e => stacks.Select(w => View(context, w.Value, e, w.Rank)))], experts);
    }

    private static Dim Width(ExpertForm form) => form.Second.Weight.Shape[^1];

    // Why the op does not take them.
    private static string? Obstacle(RewriteContext context, Value x, Assignment assignment, ExpertForm form, long experts) =>
        x.DType is not (DType.F16 or DType.BF16 or DType.F32 or DType.F64) ? $"experts are of {x.DType.Text()}"
        : assignment.Ids.Shape[^1].ConstValue is null ? $"how many experts a token has is not fixed; it is {assignment.Ids.Shape[^1]}"
        : experts is < 1 or > MostExperts ? $"there are {experts} experts"
        : !context.Equal(x.Shape[^1], form.First.Weight.Shape[^2]) ? $"tokens are of {x.Shape[^1]} numbers, experts take {form.First.Weight.Shape[^2]}"
        : null;

    private static Value Made(RewriteContext context, Value x, Assignment assignment, ExpertForm form, Value[] tail, long experts)
    {
        Shape leading = [.. x.Shape.SkipLast(1)];
        Dim tokens = leading.NumElements;
        Value Flat(Value v) => Axes.Reshape(v, [tokens, v.Shape[^1]], context);
        Value ids = assignment.Ids.DType == DType.I64 ? assignment.Ids : context.Emit(new Cast(assignment.Ids) { To = DType.I64 });
        Value weights = assignment.Weights.DType == x.DType ? assignment.Weights : context.Emit(new Cast(assignment.Weights) { To = x.DType });
        Value y = context.Emit(new GroupedMlp(Flat(x), Flat(ids), Flat(weights), [.. tail])
        {
            ExpertCount = experts,
            Activation = form.Activation,
            Gate = form.Gate,
            Biases = form.First.Bias is not null,
            Scaled = form.First.IsQuantised,
            ZeroPoints = form.First.HasZeroPoint,
            BlockSize = form.First.BlockSize,
            Alpha = form.Alpha,
            Beta = form.Beta,
            Limit = form.Limit,
        });
        return Axes.Reshape(y, [.. leading, y.Shape[^1]], context);
    }

    // One of a stack that is gathered by a number, as a view; a bias without axes of size 1.
    private static Value Whole(RewriteContext context, Value weight, int rank) =>
        weight.Op is Gather { Axis: 0, Data: { Rank: > 0 } stack, Indices: var index } && GateMatcher.Single(index) is { } at && at >= 0 && index.Rank == 0
            ? View(context, stack, at, rank)
            : rank == 1 ? Axes.Reshape(weight, [weight.Shape[^1]], context) : weight;

    // [E, a, b] → [a, b]; a bias [E, 1, b] or [E, b] → [b].
    private static Value View(RewriteContext context, Value stack, long expert, int rank)
    {
        Value one = context.Emit(new Slice(stack) { Starts = [expert], Ends = [expert + 1], Axes = [0] });
        return Axes.Reshape(one, rank == 1 ? [stack.Shape[^1]] : [.. stack.Shape.Skip(1)], context);
    }
}
