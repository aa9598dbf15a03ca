namespace Tessera.Ir.Ops;

/// <summary>
/// The target of a Reshape with one −1, which needs no shape arithmetic: allowed where one size alone is symbolic, the
/// others are not 0 (else −1 has no value), and the quotient has the very normal form of that size, so that it reads back.
/// </summary>
public static class ReshapeTarget
{
    /// <summary>The target with its −1; null where the shape must be written out.</summary>
    public static long[]? Inferred(Reshape op)
    {
        Dim[] symbolic = [.. op.Shape.Where(static d => d.ConstValue is null)];
        return symbolic is [var only]
            && op.Shape.All(static d => d.ConstValue is null or > 0)
            && op.X.Type is TensorType { Shape: { } from }
            && Infer(from, Dim.Product(op.Shape.Where(static d => d.ConstValue is not null))) == only
            ? [.. op.Shape.Select(static d => d.ConstValue ?? -1)]
            : null;
    }

    /// <summary>The shape that a target of ONNX means: one −1 is what is left, and 0 copies where it is not a size.</summary>
    /// <param name="from">Shape of what is reshaped; null when its rank is not known, which is enough for a target that needs nothing of it.</param>
    /// <param name="target">The numbers given.</param>
    /// <param name="copiesZero">Whether 0 copies.</param>
    public static Shape? Resolve(Shape? from, IReadOnlyList<Dim> target, bool copiesZero)
    {
        if (from is null)
        {
            return target.Any(d => d.ConstValue == -1 || (copiesZero && d == Dim.Zero)) ? null : [.. target];
        }

        Dim[] sizes = [.. target.Select((d, i) => copiesZero && d == Dim.Zero && i < from.Rank ? from[i] : d)];
        int[] inferred = [.. Enumerable.Range(0, sizes.Length).Where(i => sizes[i].ConstValue == -1)];
        if (inferred is [var at])
        {
            Dim others = Dim.Product(sizes.Where((_, i) => i != at));
            if (others.ConstValue == 0)
            {
                return null;
            }

            sizes[at] = Infer(from, others);
        }

        return inferred.Length <= 1 ? [.. sizes] : null;
    }

    private static Dim Infer(Shape from, Dim others) => Dim.FloorDiv(from.NumElements, others);
}
