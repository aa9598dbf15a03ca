using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Exporters turn whole heads at once: their cosines have each angle twice along the last axis, as two halves or as neighbours.
/// Finds what has it once.
/// </summary>
internal sealed class RepeatedAngles(bool neighbours, RewriteContext context)
{
    private const int MostSteps = 24;

    /// <summary>Every angle once; null where it is not proved that each is there twice.</summary>
    public Value? Once(Value value) => Once(value, MostSteps);

    private Value? Once(Value value, int steps)
    {
        if (steps == 0 || value.Rank == 0 || value.Shape[^1].ConstValue is not { } size || size % 2 != 0)
        {
            return null;
        }

        Shape half = value.Shape.With(value.Rank - 1, size / 2);
        return value.Op switch
        {
            Concat { Inputs: [var first, var second], Axis: var axis } when !neighbours && ReferenceEquals(first, second) && IsLast(axis, value) => first,
            Reshape { X: var repeated } reshape => Joined(repeated, reshape.Shape) ?? (KeepsLast(reshape) && Once(repeated, steps - 1) is { } x
                ? context.Emit(new Reshape(x) { Shape = half })
                : null),
            Constant or Parameter when context.Weights.RowsRepeat(value.Producer, neighbours) => Part(value, size),
            UnaryOp unary when Once(unary.X, steps - 1) is { } x => context.Emit(unary.WithOperands([x])),
            BinaryOp binary when OnceOrOne(binary.A, size, steps) is { } a && OnceOrOne(binary.B, size, steps) is { } b
                => context.Emit(binary.WithOperands([a, b])),
            Expand { X: var narrow } expand when narrow.Rank > 0 && narrow.Shape[^1] == Dim.Const(size) && Once(narrow, steps - 1) is { } x
                => context.Emit(expand with { X = x, Shape = expand.Shape.With(expand.Shape.Rank - 1, size / 2) }),
            Transpose { X: var inner } transpose when transpose.Perm[^1] == transpose.Perm.Count - 1 && Once(inner, steps - 1) is { } x
                => context.Emit(transpose with { X = x }),
            Gather { Data: var table } gather when !IsLast(gather.Axis, table) && Once(table, steps - 1) is { } x => context.Emit(gather with { Data = x }),
            Slice { X: var inner } slice when slice.Axes.All(a => !IsLast(a, inner)) && Once(inner, steps - 1) is { } x => context.Emit(slice with { X = x }),
            _ => null,
        };
    }

    // An operand that has one element for all angles has it for each.
    private Value? OnceOrOne(Value operand, long size, int steps) =>
        operand.Rank == 0 || operand.Shape[^1] == Dim.One ? operand
        : operand.Shape[^1] == Dim.Const(size) ? Once(operand, steps - 1)
        : null;

    // […, h, 1] repeated to […, h, 2] and merged, or […, 1, h] to […, 2, h].
    private Value? Joined(Value repeated, Shape merged)
    {
        if (repeated.Op is not Expand { X: var once } || repeated.Rank < 2 || once.Rank != repeated.Rank)
        {
            return null;
        }

        int twice = neighbours ? repeated.Rank - 1 : repeated.Rank - 2;
        Dim angles = repeated.Shape[neighbours ? repeated.Rank - 2 : repeated.Rank - 1];
        bool fits = repeated.Shape[twice] == Dim.Const(2) && once.Shape.Equals(repeated.Shape.With(twice, Dim.One)) && merged[^1].Equals(angles * 2);
        return fits ? context.Emit(new Reshape(once) { Shape = merged.With(merged.Rank - 1, angles) }) : null;
    }

    private Value Part(Value table, long size) => context.Emit(new Slice(table)
    {
        Starts = [Dim.Zero],
        Ends = [neighbours ? size : size / 2],
        Axes = [table.Rank - 1],
        Steps = neighbours ? [2] : [],
    });

    private static bool KeepsLast(Reshape reshape) => reshape.X.Rank > 0 && reshape.X.Shape[^1].Equals(reshape.Shape[^1]);

    private static bool IsLast(long axis, Value x) => axis == -1 || axis == x.Rank - 1;
}
