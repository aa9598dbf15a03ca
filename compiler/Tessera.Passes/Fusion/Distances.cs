using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>A number for each pair of tokens that follows from their distance j − i alone.</summary>
internal sealed class Distances(Value pairs)
{
    private const int Deepest = 48;

    // A float that is cut to a whole number may have been rounded to either side of it.
    private const double Slack = 1e-4;

    /// <summary>Whether it is proved to be the same number for all distances between two.</summary>
    public bool IsOneNumber(long least, long most) => Range(pairs, (least, most), Deepest) is var (low, high) && low == high;

    /// <summary>It for the distances from −reach to reach, as a vector.</summary>
    public Value? At(long reach, RewriteContext context)
    {
        long[] all = [.. Enumerable.Range(0, (int)((2 * reach) + 1)).Select(i => i - reach)];
        return Along(pairs, context.Builder.Ints(all), context, Deepest) is { Rank: 1 } line ? line : null;
    }

    private static Value? Along(Value value, Value line, RewriteContext context, int depth)
    {
        if (depth == 0)
        {
            return null;
        }

        if (Position(value) is var (sign, offset))
        {
            Value at = sign > 0 ? line : sign < 0 ? context.Emit(new Neg(line)) : context.Builder.Int(DType.I64, 0);
            at = offset == 0 ? at : context.Emit(new Add(at, context.Builder.Int(DType.I64, offset)));
            return value.DType == DType.I64 ? at : context.Emit(new Cast(at) { To = value.DType });
        }

        if (Splat(value) is { } number)
        {
            return value.DType.IsFloat() ? context.Builder.Float(value.DType, number) : context.Builder.Int(value.DType, (long)number);
        }

        if (value.Op is not (UnaryOp or BinaryOp or Where))
        {
            return value.Op is Reshape or Expand && value.Rank == 2 && value.Producer.Operands[0]!.Rank == 2 ? Along(value.Producer.Operands[0]!, line, context, depth - 1) : null;
        }

        Value?[] operands = [.. value.Producer.Operands.Select(v => Along(v!, line, context, depth - 1))];
        return operands.All(static v => v is not null) ? context.Emit(value.Producer.WithOperands(operands)) : null;
    }

    // ±(j − i) + offset, or a number.
    private static (int Sign, long Offset)? Position(Value value) => !value.DType.IsInteger() ? null : Index.Of(value, 2) switch
    {
        (-1, 1, var offset) => (1, offset),
        (1, -1, var offset) => (-1, offset),
        (0, 0, var offset) => (0, offset),
        _ => null,
    };

    private static double? Splat(Value value)
    {
        while (value.Op is Reshape or Expand)
        {
            value = value.Producer.Operands[0]!;
        }

        return Numbers.IsSplat(value, out double number) ? number
            : value.Op is ConstantOfShape { Value: { DType: not (DType.Bool or DType.String), Count: 1 } content } && content.DType.IsInteger() ? RefTensors.FromContent(content).Number(0)
            : null;
    }

    // The least and the most that it can be.
    private static (double Low, double High)? Range(Value value, (double Low, double High) distance, int depth)
    {
        if (depth == 0)
        {
            return null;
        }

        if (Position(value) is var (sign, offset))
        {
            return sign > 0 ? (distance.Low + offset, distance.High + offset) : sign < 0 ? (offset - distance.High, offset - distance.Low) : (offset, offset);
        }

        if (Splat(value) is { } number)
        {
            return (number, number);
        }

        return value.Op switch
        {
            UnaryOp unary => Range(unary.X, distance, depth - 1) is { } x ? DistanceRanges.Of(unary, x) : null,
            BinaryOp binary => Range(binary.A, distance, depth - 1) is { } a && Range(binary.B, distance, depth - 1) is { } b ? DistanceRanges.Of(binary, a, b) : null,
            Where where => Range(where.Condition, distance, depth - 1) is var (no, yes)
                ? no == yes ? Range(no != 0 ? where.X : where.Y, distance, depth - 1)
                    : Range(where.X, distance, depth - 1) is var (lowX, highX) && Range(where.Y, distance, depth - 1) is var (lowY, highY)
                        ? (Math.Min(lowX, lowY), Math.Max(highX, highY))
                        : null
                : null,
            Reshape or Expand when value.Rank == 2 && value.Producer.Operands[0]!.Rank == 2 => Range(value.Producer.Operands[0]!, distance, depth - 1),
            _ => null,
        };
    }

    /// <summary>What ops make of intervals.</summary>
    private static class DistanceRanges
    {
        public static (double, double)? Of(UnaryOp op, (double Low, double High) x) => op switch
        {
            Neg => (-x.High, -x.Low),
            Abs => x.Low >= 0 ? x : x.High <= 0 ? (-x.High, -x.Low) : (0, Math.Max(-x.Low, x.High)),
            Not => (1 - x.High, 1 - x.Low),
            Log when x.Low >= 0 => (Math.Log(x.Low), Math.Log(x.High)),
            Cast { To: DType.Bool } => x.Low > 0 || x.High < 0 ? (1, 1) : x is (0, 0) ? (0, 0) : (0, 1),
            Cast { X.DType: var from, To: var to } when from.IsFloat() && to.IsInteger() => (Math.Truncate(Slackened(x.Low, -1)), Math.Truncate(Slackened(x.High, 1))),
            Cast { To: var to } when to.IsFloat() || to.IsInteger() => x,
            _ => null,
        };

        public static (double, double)? Of(BinaryOp op, (double Low, double High) a, (double Low, double High) b) => op switch
        {
            Add => (a.Low + b.Low, a.High + b.High),
            Sub => (a.Low - b.High, a.High - b.Low),
            Mul => Spanning(a.Low * b.Low, a.Low * b.High, a.High * b.Low, a.High * b.High),
            Div when b.Low > 0 && op.A.DType.IsFloat() => Spanning(a.Low / b.Low, a.Low / b.High, a.High / b.Low, a.High / b.High),
            Min => (Math.Min(a.Low, b.Low), Math.Min(a.High, b.High)),
            Max => (Math.Max(a.Low, b.Low), Math.Max(a.High, b.High)),
            Less => a.High < b.Low ? (1, 1) : a.Low >= b.High ? (0, 0) : (0, 1),
            LessOrEqual => a.High <= b.Low ? (1, 1) : a.Low > b.High ? (0, 0) : (0, 1),
            Greater => a.Low > b.High ? (1, 1) : a.High <= b.Low ? (0, 0) : (0, 1),
            GreaterOrEqual => a.Low >= b.High ? (1, 1) : a.High < b.Low ? (0, 0) : (0, 1),
            _ => null,
        };

        private static (double, double)? Spanning(params double[] ends) => ends.Any(double.IsNaN) ? null : (ends.Min(), ends.Max());

        private static double Slackened(double x, int side) => double.IsInfinity(x) ? x : x + (side * Slack * Math.Max(1, Math.Abs(x)));
    }
}
