namespace Tessera.Ir.Ops;

/// <summary>Reshapes and transposes that decompositions put around what they make, composed with those that stand there.</summary>
public static class Moves
{
    /// <summary>x in another shape; x itself where that is its own.</summary>
    public static Value Reshape(GraphBuilder builder, Value x, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(x);
        x = x.Op is Reshape { X: { Tensor.Shape: not null } inner } ? inner : x;
        return IsSame(builder, x.Shape, shape) ? x : builder.Reshape(x, shape);
    }

    /// <summary>x with its axes exchanged; none where they come back to their places.</summary>
    public static Value Transpose(GraphBuilder builder, Value x, EquatableArray<long> perm)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(x);
        if (x.Op is Transpose inner)
        {
            (x, perm) = (inner.X, perm.Select(a => inner.Perm[(int)a]).ToEquatableArray());
        }

        return perm.Select(static (a, i) => a == i).All(static same => same) ? x : builder.Transpose(x, perm);
    }

    private static bool IsSame(GraphBuilder builder, Shape a, Shape b) =>
        a.Rank == b.Rank && a.Zip(b).All(p => builder.Facts.Equal(p.First, p.Second) == Proof.Proved);
}
