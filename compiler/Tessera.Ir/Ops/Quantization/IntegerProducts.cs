using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Matrix products of quantised numbers, exact in 64 bits.</summary>
internal static class IntegerProducts
{
    /// <summary>Shape of the product of operands that may differ in their element type.</summary>
    public static Shape Shape(InferContext context, Value a, Value b)
    {
        (Shape left, Shape right) = (context.ShapeOf(a), context.ShapeOf(b));
        if (left.Rank == 0 || right.Rank == 0)
        {
            throw context.Error("TSR0203", $"operands must have rank 1 or more; they are {a.Type} and {b.Type}.");
        }

        context.RequireEqual(left[left.Rank - 1], right[Math.Max(0, right.Rank - 2)], "inner sizes");
        Shape lead = context.Broadcast([.. left.SkipLast(2)], [.. right.SkipLast(2)]);
        return [.. lead, .. left.Rank == 1 ? (Shape)[] : [left[left.Rank - 2]], .. right.Rank == 1 ? (Shape)[] : [right[right.Rank - 1]]];
    }

    /// <summary>Each operand less its zero point, multiplied.</summary>
    public static RefTensor Product(RefTensor a, RefTensor? aZero, RefTensor b, RefTensor? bZero) =>
        MatMul.Product(Centered(a, aZero is null ? null : Rows(aZero)), Centered(b, bZero));

    /// <summary>A vector with one element for each row, as a column.</summary>
    public static RefTensor Rows(RefTensor vector) => vector is { Rank: 1, Count: > 1 } ? vector.Reshaped([vector.Count, 1]) : vector;

    /// <summary>The op over more rows, by one matrix of weights; else its parts.</summary>
    /// <param name="context">The op being batched; its first operand is a.</param>
    /// <param name="b">Position of b among its operands.</param>
    /// <param name="rows">Positions of operands that may have a number for each row of a.</param>
    public static IReadOnlyList<Batched> Batch(BatchContext context, int b, ReadOnlySpan<int> rows)
    {
        Batched a = context.Operands[0]!;
        bool shared = !Enumerable.Range(1, context.Operands.Count - 1).Any(context.Varies) && context.ShapeOf(b).Rank <= 2;
        foreach (int row in rows)
        {
            shared &= context.Op.Operands[row] is null or { Rank: 0 };
        }

        return shared && a.Axis < Math.Max(context.ShapeOf(0).Rank - 1, 0)
            ? [context.Wrap(context.Emit(context.Op.WithOperands([.. context.Operands.Select(static o => o?.Value)])), context.ResultShape())]
            : context.ByParts();
    }

    private static RefTensor Centered(RefTensor x, RefTensor? zero)
    {
        int[]? map = zero is null ? null : Broadcasting.Map(zero.Count == 1 ? zero.Reshaped([]) : zero, x.Dims);
        return RefTensor.Ints(DType.I64, x.Dims, [.. Enumerable.Range(0, x.Count).Select(i => x.I[i] - (map is null ? 0 : zero!.I[map[i]]))]);
    }
}
