using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>The batched forms of <see cref="MatMul"/>.</summary>
internal static class MatMulBatching
{
    public static Batched Batch(BatchContext context)
    {
        (Batched a, Batched b) = (context.Operands[0]!, context.Operands[1]!);
        (Shape sa, Shape sb, Shape result) = (context.ShapeOf(0), context.ShapeOf(1), context.ResultShape());
        bool sums = a.Axis == sa.Rank - 1 && a.Axis >= 0;
        if (b.Form == BatchForm.Unbatched && sb.Rank <= 2 && !sums)
        {
            return context.Wrap(context.Emit(new MatMul(a.Value, b.Value)), result);
        }

        if (a.Form != BatchForm.Ragged && b.Form != BatchForm.Ragged)
        {
            // What is summed over stands in padding of both sides, and must be 0 in both: 0 · NaN is NaN.
            return sums ? Dense(context, Zeroed(context, a), Zeroed(context, b), result) : Dense(context, a, b, result);
        }

        return sums ? OverTokens(context, a, b, result)
            : a.Form == BatchForm.Ragged && b.Form == BatchForm.Ragged ? TokenByToken(context, a, b, result)
            : a.Form == BatchForm.Ragged ? ByMatrix(context, a, b, result)
            : ByColumns(context, a, b, result);
    }

    private static Batched OverTokens(BatchContext context, Batched a, Batched b, Shape result)
    {
        Shape sb = context.ShapeOf(1);
        if (a.Form != b.Form || b.Axis != Math.Max(sb.Rank - 2, 0) || a.Partition != b.Partition)
        {
            throw context.Mixes($"the product of {context.ShapeOf(0)} and {sb} sums over the ragged axis, of which both do not have the same tokens");
        }

        // A vector is a matrix of one row, or of one column.
        Value left = context.ShapeOf(0).Rank == 1 ? Column(context, a.Value) : a.Value;
        Value right = sb.Rank == 1 ? Column(context, b.Value) : b.Value;
        Value product = RaggedProduct.OverTokens(context, left, right, a.Partition!);
        return context.Wrap(Reshaped(context, product, [context.Environment.BatchSize, .. result]), result);
    }

    // Both have their tokens in front of their matrices.
    private static Batched TokenByToken(BatchContext context, Batched a, Batched b, Shape result) =>
        a.Axis == 0 && b.Axis == 0 && a.Value.Rank == b.Value.Rank && a.Value.Rank >= 3 && a.Partition == b.Partition
            ? context.Wrap(context.Emit(new MatMul(a.Value, b.Value)), result)
            : throw context.Mixes($"the product of {context.ShapeOf(0)} and {context.ShapeOf(1)} has an element for each pair of tokens");

    // Rows are tokens.
    private static Batched ByMatrix(BatchContext context, Batched a, Batched b, Shape result)
    {
        Shape sb = context.ShapeOf(1);
        if (a.Axis != context.ShapeOf(0).Rank - 2)
        {
            throw context.Mixes($"the tokens of {context.ShapeOf(0)} are no rows of the matrices that {sb} multiplies");
        }

        Value matrix = Stacking.ToBatch(context, b, sb);
        matrix = sb.Rank == 1 ? Reshaped(context, matrix, [.. matrix.Shape, 1]) : matrix;
        Value product = RaggedProduct.ByExample(context, a.Value, matrix, a.Partition!);
        return context.Wrap(sb.Rank == 1 ? Reshaped(context, product, [.. product.Shape.SkipLast(1)]) : product, result);
    }

    // Columns are tokens: the product of the transposed, the other way round.
    private static Batched ByColumns(BatchContext context, Batched a, Batched b, Shape result)
    {
        (Shape sa, Shape sb) = (context.ShapeOf(0), context.ShapeOf(1));
        if (a.Form == BatchForm.Unbatched && sa.Rank == 2 && b.Axis < sb.Rank - 2)
        {
            return context.Wrap(context.Emit(new MatMul(a.Value, b.Value)), result);
        }

        if (b.Axis != sb.Rank - 1 || sb.Rank < 2)
        {
            throw context.Mixes($"the tokens of {sb} are no columns of the matrices that {sa} multiplies");
        }

        bool isRow = sa.Rank == 1;
        Value weight = isRow ? Reshaped(context, a.Value, a.Form == BatchForm.Unbatched ? [1, sa[0]] : [a.Value.Shape[0], 1, sa[0]]) : a.Value;
        Value turned = Stacking.Permuted(context, weight, [.. Enumerable.Range(0, weight.Rank - 2), weight.Rank - 1, weight.Rank - 2]);
        Value product = a.Form == BatchForm.Unbatched && turned.Rank == 2
            ? context.Emit(new MatMul(b.Value, turned))
            : RaggedProduct.ByExample(context, b.Value, a.Form == BatchForm.Unbatched ? context.Emit(new Expand(turned) { Shape = [context.Environment.BatchSize, .. turned.Shape] }) : turned, b.Partition!);
        return context.Wrap(isRow ? Reshaped(context, product, [.. product.Shape.SkipLast(1)]) : product, result);
    }

    // Rank-1 operands become matrices first, so that the batch axis lands before a matrix on both sides.
    private static Batched Dense(BatchContext context, Batched a, Batched b, Shape result)
    {
        int rank = Math.Max(2, Math.Max(context.ShapeOf(0).Rank, context.ShapeOf(1).Rank));
        Shape sa = context.ShapeOf(0) is [var k] ? [1, k] : context.ShapeOf(0);
        Shape sb = context.ShapeOf(1) is [var l] ? [l, 1] : context.ShapeOf(1);
        Value product = context.Emit(new MatMul(Raise(context, a, sa, rank), Raise(context, b, sb, rank)));
        return context.Wrap(Reshaped(context, product, [context.Environment.BatchSize, .. result]), result);
    }

    private static Value Raise(BatchContext context, Batched operand, Shape matrix, int rank)
    {
        Shape raised = [.. Enumerable.Repeat(Dim.One, rank - matrix.Rank), .. matrix];
        return Reshaped(context, operand.Value, operand.Form == BatchForm.Unbatched ? raised : [context.Environment.BatchSize, .. raised]);
    }

    private static Batched Zeroed(BatchContext context, Batched x) =>
        x.Form == BatchForm.Padded ? x with { Value = context.Environment.Fill(x, 0) } : x;

    private static Value Column(BatchContext context, Value vector) => Reshaped(context, vector, [vector.Shape[0], 1]);

    private static Value Reshaped(BatchContext context, Value value, Shape shape) =>
        value.Shape.Equals(shape) ? value : context.Emit(new Reshape(value) { Shape = shape });
}
