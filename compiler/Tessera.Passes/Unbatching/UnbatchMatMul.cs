using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Unbatching;

/// <summary>Products of matrices: examples are rows of the left one, or lie along axes in front of both.</summary>
internal static class UnbatchMatMul
{
    public static Carried Of(UnbatchContext c)
    {
        (Carried a, Carried b) = (c.Operands[0]!, c.Operands[1]!);
        if (c.RankOf(0) < 2 || c.RankOf(1) < 2)
        {
            throw c.Mixes("examples lie along a vector of the product");
        }

        (int rowsA, int rowsB) = (c.RankOf(0) - 2, c.RankOf(1) - 2);
        if (a.Axis == rowsA + 1 || b.Axis == rowsB)
        {
            throw c.Mixes("it sums over examples");
        }

        return a.Axis == rowsA ? Rows(c, a) : b.Axis == rowsB + 1 ? Columns(c) : Matrices(c);
    }

    // [B, k]·[k, n]: the rows are examples.
    private static Carried Rows(UnbatchContext c, Carried a)
    {
        c.RequireShared(0);
        int axis = c.Op.Outputs[0].Rank - 2;
        if (!a.IsDropped)
        {
            return UnbatchContext.Example(c.Emit(c.Op.WithOperands([c[0], c[1]])), axis, a.Inner);
        }

        // [n, B, k]·[k, m] is [n, k]·[k, m]; with no other rows, one of its own.
        Value rows = c[0].Rank >= 2 && c.RankOf(1) == 2 ? c[0] : c.WithUnit(0);
        Value product = c.Emit(new MatMul(rows, c[1]));
        return UnbatchContext.Example(rows.Rank == c.RankOf(0) ? c.Reshaped(product, product.Shape.RemoveAt(axis)) : product, axis, Dim.One);
    }

    private static Carried Columns(UnbatchContext c)
    {
        c.RequireShared(1);
        return c.OnOne(c.Op.Outputs[0].Rank - 1)[0];
    }

    private static Carried Matrices(UnbatchContext c)
    {
        int rank = c.Op.Outputs[0].Rank;
        (int at, Dim inner) = UnbatchElementwise.Place(c, rank);
        Value[] values = [.. Enumerable.Range(0, 2).Select(i => UnbatchElementwise.Operand(c, i, at, inner, rank))];
        return UnbatchContext.Example(c.Emit(new MatMul(values[0], values[1])), at, inner);
    }
}
