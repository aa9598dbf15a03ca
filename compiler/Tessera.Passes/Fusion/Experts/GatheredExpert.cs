using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>One step of a sum of experts that gathers an expert's tokens and adds what it gives where they stand.</summary>
internal sealed class GatheredExpert(ScatterND step, RewriteContext context)
{
    /// <summary>An expert, what it is added to, and which tokens go to it.</summary>
    public sealed record Found(Value Before, long Expert, ExpertForm Form, Assignment Assignment);

    /// <summary>What the step adds, where that is an expert on its tokens.</summary>
    public Found? Read()
    {
        if (step.Data.Rank != 2 || TokenIndex.Of(step.Indices) is not { } tokens || step.Indices.Shape[^1] != Dim.One
            || Flags(tokens) is not var (ids, expert, tokenAxis) || tokens.Axis != tokenAxis)
        {
            return null;
        }

        (Value output, Value? weight) = step.Updates.Op is Mul { A: var a, B: var b }
            ? WeightOf(b, tokens, tokenAxis, ids) is { } w ? (a, w) : WeightOf(a, tokens, tokenAxis, ids) is { } v ? (b, v) : (step.Updates, null)
            : (step.Updates, null);
        return weight is not null && new ExpertMatcher(2).Match(output) is { } form
            && form.X.Op is Gather { Axis: 0 or -2, Data: { Rank: 2 } x } gather && TokenIndex.Of(gather.Indices) == tokens && gather.Indices.Rank == 1
            && context.Equal(x.Shape[0], ids.Shape[0])
            ? new Found(step.Data, expert, form with { X = x }, new Assignment(ids, weight))
            : null;
    }

    // ids [T, k], the expert, and which of the two axes of the flags counts tokens.
    private (Value Ids, long Expert, int TokenAxis)? Flags(TokenIndex tokens)
    {
        Value flags = tokens.Found.X;
        return flags.Op switch
        {
            Equal when flags.Rank == 2 && GateMatcher.IsExpert(flags) is var (ids, e) => ids.Op is Transpose { Perm: [1, 0], X: var x } ? (x, e, 1) : (ids, e, 0),
            Transpose { Perm: [1, 0], X: { Op: Equal } equal } when GateMatcher.IsExpert(equal) is var (ids, e) => (ids, e, 1),
            _ => OneOfHot(flags),
        };
    }

    // Row e of one_hot(ids)[T, k, E] brought to [E, k, T] or [E, T, k].
    private (Value, long, int)? OneOfHot(Value flags)
    {
        (Value whole, long expert)? picked = Picked(flags);
        return picked is var (all, e) && all.Op is Transpose { Perm: [2, var first, var second] } order && GateMatcher.OneHotOf(order.X) is { Rank: 2 } ids
            && (first, second) is (1, 0) or (0, 1) && context.Equal(flags.Shape, [.. all.Shape.Skip(1)]) && new Assignment(ids, ids).IsSelection(context)
            ? (ids, e, first == 1 ? 1 : 0)
            : null;
    }

    private static (Value Whole, long At)? Picked(Value flags) => GateMatcher.Uncast(flags).Op switch
    {
        Gather { Axis: 0, Data: { Rank: 3 } data, Indices: var index } when GateMatcher.Single(index) is { } e => (data, e),
        Reshape { X.Op: Slice { Axes: [0], X: { Rank: 3 } data } slice } when slice.Outputs[0].Shape[0] == Dim.One && slice.Starts[0].ConstValue is { } e => (data, e),
        Reshape { X: { Producer: Split { Axis: 0 } split } part } when split.X.Rank == 3 && split.Outputs.All(static v => v.Shape[0] == Dim.One) => (split.X, part.Index),
        _ => null,
    };

    // The weights [T, k] whose elements at the flags a value [N, 1] is.
    private Value? WeightOf(Value value, TokenIndex tokens, int tokenAxis, Value ids)
    {
        if (value.Rank != 2 || value.Shape[1] != Dim.One)
        {
            return null;
        }

        Value x = value;
        while (x.Op is Reshape reshape)
        {
            x = reshape.X;
        }

        if (x.Op is not GatherND { BatchDims: 0, Data: { Rank: 2 } weights, Indices: var at } || !context.Equal(weights.Shape, ids.Shape))
        {
            return null;
        }

        return IsAt(at, tokens, tokenAxis) ? weights : null;
    }

    // [N, 2]: token and choice of each flag.
    private static bool IsAt(Value at, TokenIndex tokens, int tokenAxis) => at.Op switch
    {
        Transpose { Perm: [1, 0], X.Op: NonZero found } => ReferenceEquals(found, tokens.Found) && tokenAxis == 0,
        Concat { Operands: [{ } first, { } second] } pair when pair.Axis is 1 or -1 => TokenIndex.Of(first) == tokens
            && TokenIndex.Of(second) == tokens with { Axis = 1 - tokenAxis } && first.Rank == 2 && second.Rank == 2,
        _ => false,
    };
}
