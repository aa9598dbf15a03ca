using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>Makes a <see cref="GroupedMlp"/> of what a rule found.</summary>
internal static class ExpertEmission
{
    /// <summary>Experts over tokens of any leading axes.</summary>
    public static Value Emit(RewriteContext context, Value x, Assignment assignment, ExpertForm form, Value[] tail, long experts)
    {
        Shape leading = [.. x.Shape.SkipLast(1)];
        Dim tokens = leading.NumElements;
        Value Flat(Value v) => Axes.Reshape(v, [tokens, v.Shape[^1]], context);
        Value ids = assignment.Ids.DType == DType.I64 ? assignment.Ids : context.Emit(new Cast(assignment.Ids) { To = DType.I64 });
        Value weights = assignment.Weights.DType == x.DType ? assignment.Weights : context.Emit(new Cast(assignment.Weights) { To = x.DType });
        Value y = context.Emit(new GroupedMlp(Flat(x), Flat(ids), Flat(weights), [.. tail.Select(w => Whole(context, w))])
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

    /// <summary>Values of all experts where each weight is a stack <c>[E, …]</c>: views of it, one for each expert.</summary>
    public static Value[] Views(RewriteContext context, ExpertForm form, long experts) =>
    [
        .. Enumerable.Range(0, (int)experts).SelectMany(e => form.Parts.SelectMany(p => p.Tail(context)).Select(w => View(context, w, e))),
    ];

    // One of a stack that is gathered by a number, as a view.
    private static Value Whole(RewriteContext context, Value weight) =>
        weight.Op is Gather { Axis: 0, Data: { Rank: > 0 } stack, Indices: var index } && GateMatcher.Single(index) is { } at && at >= 0 && index.Rank == 0
            ? View(context, stack, at)
            : weight;

    // [E, a, b] → [a, b]; a bias [E, 1, b] or [E, b] → [b].
    private static Value View(RewriteContext context, Value stack, long expert)
    {
        Value one = context.Emit(new Slice(stack) { Starts = [expert], Ends = [expert + 1], Axes = [0] });
        Shape rest = [.. stack.Shape.Skip(1)];
        return Axes.Reshape(one, rest.Rank == 2 && rest[0] == Dim.One ? [rest[1]] : rest, context);
    }
}
