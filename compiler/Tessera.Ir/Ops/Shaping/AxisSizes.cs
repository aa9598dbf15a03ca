namespace Tessera.Ir.Ops;

/// <summary>Sizes and positions around an axis of a row-major tensor.</summary>
internal static class AxisSizes
{
    /// <summary>Elements for each position before and on no axis from <paramref name="axis"/> on.</summary>
    public static long Before(long[] dims, int axis) => dims.Take(axis).Aggregate(1L, static (a, b) => a * b);

    /// <summary>Elements for each position along <paramref name="axis"/>; 1 in place of 0, so that it divides.</summary>
    public static long After(long[] dims, int axis) => Math.Max(1, dims.Skip(axis + 1).Aggregate(1L, static (a, b) => a * b));

    /// <summary>Distance in elements between neighbours along each axis.</summary>
    public static long[] Strides(long[] dims)
    {
        long[] strides = new long[dims.Length];
        long step = 1;
        for (int axis = dims.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step *= dims[axis];
        }

        return strides;
    }

    /// <summary>Coordinates of the element at a row-major position.</summary>
    public static long[] Coordinates(long[] dims, long position)
    {
        long[] at = new long[dims.Length];
        for (int axis = dims.Length - 1; axis >= 0; axis--)
        {
            at[axis] = position % dims[axis];
            position /= dims[axis];
        }

        return at;
    }
}
