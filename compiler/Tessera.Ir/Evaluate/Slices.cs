namespace Tessera.Ir.Evaluate;

/// <summary>Positions of a row-major tensor, grouped for loops along axes.</summary>
internal static class Slices
{
    /// <summary>For each line along <paramref name="axis"/>, the positions of its elements in order; none when the axis is empty.</summary>
    public static IEnumerable<int[]> Along(long[] dims, long axis) => Over(dims, [axis]);

    /// <summary>For each combination of the other axes, in row-major order, the positions over <paramref name="axes"/> in row-major order.</summary>
    public static IEnumerable<int[]> Over(long[] dims, IEnumerable<long> axes)
    {
        HashSet<int> inner = [.. axes.Select(a => (int)(a < 0 ? a + dims.Length : a))];
        int[] outerOffsets = Offsets(dims, a => !inner.Contains(a));
        int[] innerOffsets = Offsets(dims, inner.Contains);
        return outerOffsets.Select(o => (int[])[.. innerOffsets.Select(i => o + i)]);
    }

    private static int[] Offsets(long[] dims, Func<int, bool> takes)
    {
        int[] offsets = [0];
        int stride = 1;
        for (int axis = dims.Length - 1; axis >= 0; axis--)
        {
            if (takes(axis))
            {
                int step = stride;
                int[] inner = offsets;
                offsets = [.. Enumerable.Range(0, (int)dims[axis]).SelectMany(i => inner.Select(o => o + (i * step)))];
            }

            stride *= (int)dims[axis];
        }

        return offsets;
    }
}
