using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Keys of experts of which those outside the best groups were filled with a number or multiplied by 0 (DeepSeek-V2 and V3): the
/// groups are equal and consecutive, the best by their greatest key or the sum of their two greatest.
/// </summary>
/// <param name="Keys">The keys before, <c>[…, E]</c>.</param>
/// <param name="Fill">What stands in place of the others.</param>
/// <param name="Count">Number of groups.</param>
/// <param name="Top">How many are kept.</param>
/// <param name="Score">What a group counts for.</param>
internal sealed record GroupedKeys(Value Keys, double Fill, long Count, long Top, GroupScore Score)
{
    private const int Deepest = 12;

    public static GroupedKeys? Of(Value masked, RewriteContext context)
    {
        return Flat(masked).Op switch
        {
            Where { Condition: var c, X: var x, Y: var y } => Filled(c, y, x, isKept: false, masked, context) ?? Filled(c, x, y, isKept: true, masked, context),
            Mul { A: var a, B: var b } => Of(b, isKept: true, a, 0, masked, context) ?? Of(a, isKept: true, b, 0, masked, context),
            _ => null,
        };
    }

    private static GroupedKeys? Filled(Value condition, Value keys, Value filled, bool isKept, Value masked, RewriteContext context) =>
        Numbers.IsSplat(filled, out double fill) ? Of(condition, isKept, keys, fill, masked, context) : null;

    private static GroupedKeys? Of(Value flags, bool isKept, Value keys, double fill, Value masked, RewriteContext context)
    {
        if (masked.Rank < 1 || masked.Shape[^1].ConstValue is not { } experts || Marked(flags, masked.Shape, experts, context) is not var (mark, truthful)
            || mark.Indices.Producer is not TopK { Largest: true } best || mark.Indices.Index != 1 || !IsLast(best.Axis, best.X.Rank)
            || best.K.ConstValue is not { } top || best.X.Shape[^1].ConstValue is not (> 0 and var groups) || Scored(best.X) is not var (score, within)
            || within.Shape[^2] != best.X.Shape[^1] || within.Shape[^1] != Dim.Const(experts / groups) || !ReferenceEquals(Flat(within), Flat(keys))
            || flags.Rank != keys.Rank || !context.Equal(Flat(masked).Shape, keys.Shape) || !(context.Equal(keys.Shape, masked.Shape) || context.Equal(keys.Shape, within.Shape)))
        {
            return null;
        }

        bool areBest = truthful == mark.Sets;
        return areBest == isKept ? new GroupedKeys(Axes.Reshape(keys, masked.Shape, context), fill, groups, top, score) : null;
    }

    // Greatest key of each group, or the sum of its two greatest: the keys [.., G, n].
    private static (GroupScore Score, Value Within)? Scored(Value scores) => scores.Op switch
    {
        ReduceMax { X: { Rank: > 1 } within, Axes: [var axis], KeepDims: false } when IsLast(axis, within.Rank) => (GroupScore.Max, within),
        ReduceSum { X: { Producer: TopK { Largest: true } two, Index: 0 } x, Axes: [var axis], KeepDims: false } when IsLast(axis, x.Rank)
            && two.K.ConstValue == 2 && two.X.Rank > 1 && IsLast(two.Axis, two.X.Rank) => (GroupScore.SumOfTwo, two.X),
        _ => null,
    };

    // Flags of groups from what stands for each expert: [.., E] or [.., G, n], [.., G, 1] repeated, [.., G] itself.
    private static (Mark Mark, bool Truthful)? Marked(Value flags, Shape whole, long experts, RewriteContext context)
    {
        Shape leading = [.. whole.SkipLast(1)];
        bool truthful = true;
        for (int depth = 0; depth < Deepest; depth++)
        {
            switch (flags.Op)
            {
                case Not not:
                    (flags, truthful) = (not.X, !truthful);
                    break;
                case Cast { X: { DType: DType.Bool } or { DType: DType.I32 or DType.I64 or DType.F32 or DType.F16 or DType.BF16 or DType.F64 } } cast:
                    flags = cast.X;
                    break;
                case Expand { X: var x } when x.Rank == leading.Rank + 2 && x.Shape[^1] == Dim.One && context.Equal([.. x.Shape.SkipLast(1)], [.. flags.Shape.SkipLast(1)]):
                    flags = x;
                    break;
                case Reshape { X: var x } when IsSplit(x.Shape, flags.Shape, leading, experts, context):
                    flags = x;
                    break;
                default:
                    return Mark.Of(flags) is { } mark && context.Equal([.. flags.Shape.SkipLast(1)], leading) && flags.Shape[^1].ConstValue is > 0 and var groups
                        && experts % groups == 0 ? (mark, truthful) : null;
            }
        }

        return null;
    }

    // [.., G, n] as [.., E], or [.., G] as [.., G, 1].
    private static bool IsSplit(Shape from, Shape to, Shape leading, long experts, RewriteContext context) =>
        from.Rank == leading.Rank + 2
            ? to.Rank == leading.Rank + 1 && to[^1] == Dim.Const(experts) && from[^1] * from[^2] == to[^1] && context.Equal([.. from.SkipLast(2)], leading)
            : from.Rank == leading.Rank + 1 && to.Rank == from.Rank + 1 && to[^1] == Dim.One && context.Equal(from, [.. to.SkipLast(1)]);

    private static Value Flat(Value value)
    {
        while (value.Op is Reshape { X: var x })
        {
            value = x;
        }

        return value;
    }

    private static bool IsLast(long axis, int rank) => axis == -1 || axis == rank - 1;

    /// <summary>Flags set (or taken away) at given places of the last axis.</summary>
    private sealed record Mark(Value Indices, bool Sets)
    {
        public static Mark? Of(Value flags) => flags.Op switch
        {
            ScatterElements { Reduction: ScatterReduction.None, Data: var data, Indices: var at, Updates: var updates } scatter
                when IsLast(scatter.Axis, flags.Rank) && Flag(data) is { } before && Flag(updates) is { } after && before != after => new Mark(at, after),
            ReduceSum { X: var x, Axes: [var axis], KeepDims: false } when (axis == -2 || axis == x.Rank - 2) && GateMatcher.OneHotOf(x) is { } ids => new Mark(ids, true),
            _ => null,
        };

        // 0 or 1 throughout.
        private static bool? Flag(Value value)
        {
            while (value.Op is Expand or Reshape or Cast)
            {
                value = value.Producer.Operands[0]!;
            }

            return value.Op is Constant { Value: { DType: DType.Bool, Count: 1 } content } ? content.Bytes.Span[0] != 0
                : !Numbers.IsSplat(value, out double number) ? null
                : number == 0 ? false : number == 1 ? true : null;
        }
    }
}
