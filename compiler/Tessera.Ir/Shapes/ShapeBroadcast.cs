namespace Tessera.Ir;

/// <summary>NumPy broadcasting of symbolic shapes: an axis broadcasts only where it is proved to be 1 or equal.</summary>
internal static class ShapeBroadcast
{
    public static BroadcastResult Broadcast(Shape a, Shape b, DimFacts facts)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        var dims = new Dim[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            int fromA = axis - (rank - a.Rank), fromB = axis - (rank - b.Rank);
            Dim left = fromA < 0 ? Dim.One : a[fromA], right = fromB < 0 ? Dim.One : b[fromB];
            if (Broadcast(left, right, facts) is not { } size)
                return BroadcastResult.Failure(axis, Reason(a, b, axis, left, right, facts));
            dims[axis] = size;
        }
        return BroadcastResult.Success(Shape.Create(dims));
    }

    private static Dim? Broadcast(Dim a, Dim b, DimFacts facts)
    {
        if (a.Equals(b) || b is ConstDim { Value: 1 }) return a;
        if (a is ConstDim { Value: 1 }) return b;
        if (facts.Equal(a, b) == Proof.Proved) return Simpler(a, b);
        if (facts.Equal(b, Dim.One) == Proof.Proved) return a;
        return facts.Equal(a, Dim.One) == Proof.Proved ? b : null;
    }

    /// <summary>A choice that does not hang on the order of operands.</summary>
    private static Dim Simpler(Dim a, Dim b)
    {
        if (a is ConstDim != b is ConstDim) return a is ConstDim ? a : b;
        return a.Size != b.Size ? (a.Size < b.Size ? a : b) : a.CompareTo(b) <= 0 ? a : b;
    }

    private static string Reason(Shape a, Shape b, int axis, Dim left, Dim right, DimFacts facts)
    {
        string verdict = facts.Equal(left, right) == Proof.Disproved
            ? $"{left} ≠ {right}"
            : $"{left} and {right} cannot be proved equal";
        return $"{a} and {b} do not broadcast at axis {axis} of the result: {verdict}.";
    }
}
