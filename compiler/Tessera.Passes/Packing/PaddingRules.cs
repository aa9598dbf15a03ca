using Tessera.Ir.Ops;

namespace Tessera.Passes.Packing;

/// <summary>What each op does with padding.</summary>
internal static class PaddingRules
{
    /// <summary>Null for an op of which nothing is known.</summary>
    public static IReadOnlyList<PaddingState>? Of(PaddingContext c) => c.Op switch
    {
        UnaryOp or BinaryOp or Where or PRelu => [PaddingElementwise.Of(c)],
        Clip => [Clipped(c)],
        MatMul => [Product(c)],
        Softmax softmax => [Weights(c, softmax.Axis, Fill.Known(0))],
        LogSoftmax softmax => [Weights(c, softmax.Axis, Fill.Low)],
        ReduceOp reduce => [PaddingReductions.Reduce(c, reduce)],
        ArgOp arg => [PaddingReductions.Best(c, arg)],
        CumSum sum => [PaddingReductions.Running(c, sum)],
        CumProd { Reverse: false } => [c.Plain()],
        LayerNorm or RmsNorm => Norm(c, c.ShapeOf(0).Rank - 1),
        StandardLayerNorm norm => Norm(c, PaddingContext.Axis(norm.Axis, c.ShapeOf(0).Rank)),
        StandardRmsNorm norm => Norm(c, PaddingContext.Axis(norm.Axis, c.ShapeOf(0).Rank)),
        LpNorm norm => Apart(c, PaddingContext.Axis(norm.Axis, c.ShapeOf(0).Rank)),
        TopK { K.ConstValue: not null } top => Apart(c, PaddingContext.Axis(top.Axis, c.ShapeOf(0).Rank)),
        Hardmax hard => Apart(c, PaddingContext.Axis(hard.Axis, c.ShapeOf(0).Rank)),
        BatchNorm => Apart(c, 1),
        Reshape or Expand or ConstantOfShape or Transpose or Concat or Tile => [PaddingShaping.Of(c)],
        Slice or Split or Pad or Trilu or EyeLike => PaddingCuts.Of(c),
        Gather or GatherND or GatherElements or OneHot => [PaddingIndexing.Of(c)],
        Conv or PoolOp => [.. PaddingWindows.Of(c)],
        _ => null,
    };

    private static PaddingState Clipped(PaddingContext c)
    {
        // Where the bounds cross, the upper one holds.
        double? Bound(int operand) => c.Operands.ElementAtOrDefault(operand)?.Uniform;
        double? least = Bound(1) is { } lower ? Math.Min(lower, Bound(2) ?? lower) : null;
        return c.Operands.Skip(1).All(static o => o is null or { Uniform: not null }) && !c.Operands.Skip(1).Any(static o => o is { OfMask: true })
            ? c.Plain() with { Least = least }
            : throw c.Sees("its bounds are not constant");
    }

    private static PaddingState Product(PaddingContext c)
    {
        (int a, int b) = (c.ShapeOf(0).Rank, c.ShapeOf(1).Rank);
        if (a < 2 || b < 2)
        {
            return c.Op.Operands.Any(c.HasRagged) ? throw c.Sees("it multiplies a vector along the padded axis") : c.Plain();
        }

        if (c.IsRagged(0, a - 1) && !c[0].Fills[a - 1].Is(0) && !c[1].Fills[b - 2].Is(0))
        {
            throw c.Sees("it sums over padding, which nothing has made 0");
        }

        // A sum over padding goes through the corner of one factor, where only the other one's zeros help.
        int rank = c.Result.Rank;
        bool sums = c.IsRagged(0, a - 1);
        bool Zero(int operand, int axis, int own, bool otherIsZero) => axis - (rank - own) is var at and >= 0 && c.IsRagged(operand, at)
            && c.FillOf(operand, at) is var fill && fill.Is(0) && (!sums || fill.IsEverywhere || (axis >= rank - 2 && otherIsZero));
        return c.Filled(axis => (axis < rank - 1 && Zero(0, axis, a, c[1].Fills[b - 2].Is(0))) || (axis != rank - 2 && Zero(1, axis, b, c[0].Fills[a - 1].Is(0)))
            ? Fill.Known(0)
            : Fill.Unknown);
    }

    private static PaddingState Weights(PaddingContext c, long along, Fill hidden)
    {
        int axis = PaddingContext.Axis(along, c.ShapeOf(0).Rank);
        return !c.IsRagged(0, axis) ? c.Plain()
            : c[0] is { OfMask: true, Uniform: { } own } && Fill.Known(own).IsLow ? throw c.Sees(PaddingElementwise.HidesItself)
            : c[0].Fills[axis].IsLow ? c.Filled(a => a == axis ? hidden : Fill.Unknown)
            : throw c.Sees("its weights go to padding too: no mask makes these logits low");
    }

    private static IReadOnlyList<PaddingState> Norm(PaddingContext c, int first) =>
        c.RaggedAxes(c.ShapeOf(0)).Any(a => a >= first) ? throw c.Sees("it takes its statistics over padding")
            : [.. c.Op.Outputs.Select((_, i) => c.Plain(i))];

    private static IReadOnlyList<PaddingState> Apart(PaddingContext c, int axis) =>
        c.IsRagged(0, axis) ? throw c.Sees("it works along the padded axis") : [.. c.Op.Outputs.Select((_, i) => c.Plain(i))];
}
