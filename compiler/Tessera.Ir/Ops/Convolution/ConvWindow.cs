namespace Tessera.Ir.Ops;

/// <summary>Which elements of input and kernel meet in each element of a convolution.</summary>
internal sealed class ConvWindow
{
    private readonly Conv _op;
    private readonly long[] _x;
    private readonly long[] _w;
    private readonly int _spatial;
    private readonly long[] _xStrides;
    private readonly long[] _wStrides;

    public ConvWindow(Conv op, long[] x, long[] w)
    {
        (_op, _x, _w, _spatial) = (op, x, w, x.Length - 2);
        (_xStrides, _wStrides) = (AxisSizes.Strides(x), AxisSizes.Strides(w));
        Result = [x[0], w[0], .. Enumerable.Range(0, _spatial).Select(Size)];
    }

    /// <summary>Sizes of the result.</summary>
    public long[] Result { get; }

    /// <summary>Positions in x and w whose products add up to the element of the result at <paramref name="at"/>.</summary>
    public IEnumerable<(int X, int W)> Products(long[] at)
    {
        long channels = _w[1];
        long group = at[1] / (_w[0] / _op.Group);
        long[] kernel = [.. _w.Skip(1)];
        long count = kernel.Aggregate(1L, static (a, b) => a * b);
        for (long i = 0; i < count; i++)
        {
            long[] k = AxisSizes.Coordinates(kernel, i);
            long fromX = (at[0] * _xStrides[0]) + (((group * channels) + k[0]) * _xStrides[1]);
            bool inside = true;
            for (int a = 0; a < _spatial && inside; a++)
            {
                long position = (at[a + 2] * Of(_op.Strides, a, 1)) - Of(_op.Pads, a, 0) + (k[a + 1] * Of(_op.Dilations, a, 1));
                inside = position >= 0 && position < _x[a + 2];
                fromX += position * _xStrides[a + 2];
            }

            if (inside)
            {
                yield return ((int)fromX, (int)((at[1] * _wStrides[0]) + i));
            }
        }
    }

    private long Size(int a)
    {
        long padded = _x[a + 2] + Of(_op.Pads, a, 0) + Of(_op.Pads, _spatial + a, 0);
        return (long)Math.Floor((padded - (Of(_op.Dilations, a, 1) * (_w[a + 2] - 1)) - 1) / (double)Of(_op.Strides, a, 1)) + 1;
    }

    private static long Of(EquatableArray<long> list, int index, long absent) => list.Count == 0 ? absent : list[index];
}
