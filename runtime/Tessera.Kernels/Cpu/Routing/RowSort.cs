namespace Tessera.Kernels.Cpu.Routing;

/// <summary>Orders of floats as orders of whole numbers.</summary>
internal static unsafe class RowSort
{
    /// <summary>A whole number that rises with x; both zeros have the same.</summary>
    public static long Key(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x + 0.0);
        return bits < 0 ? bits ^ long.MaxValue : bits;
    }

    /// <summary>Fills <paramref name="order"/> with 0 .. n, the largest value first and the lower index first among equals; NaN comes last.</summary>
    /// <param name="values">Values, a stride apart.</param>
    /// <param name="keys">Scratch [n].</param>
    public static void Descending(double* values, int stride, int n, long* keys, int* order)
    {
        for (int i = 0; i < n; i++)
        {
            double x = values[(long)i * stride];
            keys[i] = double.IsNaN(x) ? long.MaxValue : ~Key(x);
            order[i] = i;
        }

        Span<int> items = new(order, n);
        new Span<long>(keys, n).Sort(items);
        for (int from = 0, to; from < n; from = to)
        {
            for (to = from + 1; to < n && keys[to] == keys[from];)
                to++;
            if (to - from > 1)
                items[from..to].Sort();
        }
    }
}
