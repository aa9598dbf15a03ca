using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Xunit;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Convolutions and pools as the formulas say, place by place over <c>[channels, s…]</c>.</summary>
internal static class PlainWindows
{
    /// <summary>How a window moves along each spatial axis.</summary>
    public sealed record Move(long[] Stride, long[] Before, long[] Behind, long[] Dilation)
    {
        public static Move Of(int axes, long stride = 1, long pad = 0, long dilation = 1) =>
            new(All(axes, stride), All(axes, pad), All(axes, pad), All(axes, dilation));

        private static long[] All(int axes, long value) => [.. Enumerable.Repeat(value, axes)];
    }

    public static RefTensor Conv(RefTensor x, RefTensor w, double[]? bias, Move move, int groups = 1)
    {
        long[] kernel = [.. w.Dims.Skip(2)];
        long[] result = [w.Dims[0], .. kernel.Select((k, a) => Count(x.Dims[a + 1], k, move, a))];
        long perGroup = w.Dims[0] / groups;
        return Fill(result, at =>
        {
            double sum = bias?[at[0]] ?? 0;
            for (long c = 0; c < w.Dims[1]; c++)
            {
                foreach (long[] k in Places(kernel))
                {
                    long[] from = [(at[0] / perGroup * w.Dims[1]) + c, .. k.Select((v, a) => (at[a + 1] * move.Stride[a]) - move.Before[a] + (v * move.Dilation[a]))];
                    sum += At(x, from, 0) * At(w, [at[0], c, .. k], 0);
                }
            }

            return sum;
        });
    }

    /// <summary>Each element of x adds its kernel to the result.</summary>
    public static RefTensor ConvTranspose(RefTensor x, RefTensor w, double[]? bias, Move move, long[] more, int groups = 1)
    {
        long[] kernel = [.. w.Dims.Skip(2)];
        long[] result =
        [
            w.Dims[1] * groups,
            .. kernel.Select((k, a) => ((x.Dims[a + 1] - 1) * move.Stride[a]) - move.Before[a] - move.Behind[a] + (move.Dilation[a] * (k - 1)) + more[a] + 1),
        ];
        Dictionary<string, double> sums = [];
        long perGroup = x.Dims[0] / groups;
        foreach (long[] from in Places(x.Dims))
        {
            for (long c = 0; c < w.Dims[1]; c++)
            {
                foreach (long[] k in Places(kernel))
                {
                    long[] to = [(from[0] / perGroup * w.Dims[1]) + c, .. k.Select((v, a) => (from[a + 1] * move.Stride[a]) - move.Before[a] + (v * move.Dilation[a]))];
                    string key = string.Join(',', to);
                    sums[key] = sums.GetValueOrDefault(key) + (At(x, from, 0) * At(w, [from[0], c, .. k], 0));
                }
            }
        }

        return Fill(result, at => sums.GetValueOrDefault(string.Join(',', at)) + (bias?[at[0]] ?? 0));
    }

    /// <summary>What a window holds of x, and how many places it has within x and its padding.</summary>
    public static RefTensor Pool(RefTensor x, long[] kernel, Move move, Func<double[], int, double> fold, bool ceil = false)
    {
        long[] result = [x.Dims[0], .. kernel.Select((k, a) => ceil ? CeilCount(x.Dims[a + 1], k, move, a) : Count(x.Dims[a + 1], k, move, a))];
        return Fill(result, at =>
        {
            List<double> inside = [];
            int places = 0;
            foreach (long[] k in Places(kernel))
            {
                long[] from = [.. k.Select((v, a) => (at[a + 1] * move.Stride[a]) - move.Before[a] + (v * move.Dilation[a]))];
                places += from.Select((f, a) => f < x.Dims[a + 1] + move.Behind[a]).All(static b => b) ? 1 : 0;
                if (from.Select((f, a) => f >= 0 && f < x.Dims[a + 1]).All(static b => b))
                {
                    inside.Add(At(x, [at[0], .. from], double.NaN));
                }
            }

            return fold([.. inside], places);
        });
    }

    /// <summary>Folds of the windows [⌊i·s/o⌋, ⌈(i + 1)·s/o⌉).</summary>
    public static RefTensor Adaptive(RefTensor x, long[] size, Func<double[], double> fold) => Fill([x.Dims[0], .. size], at =>
    {
        long[] from = [.. size.Select((o, a) => (long)Math.Floor(at[a + 1] * (double)x.Dims[a + 1] / o))];
        long[] to = [.. size.Select((o, a) => (long)Math.Ceiling((at[a + 1] + 1) * (double)x.Dims[a + 1] / o))];
        return fold([.. Places([.. to.Zip(from, static (t, f) => t - f)]).Select(k => At(x, [at[0], .. k.Select((v, a) => v + from[a])], 0))]);
    });

    public static void Close(RefTensor expected, RefTensor actual)
    {
        Assert.Equal(expected.Dims, actual.Dims);
        Plain.Close([expected.F], [actual.F]);
    }

    public static RefTensor Fill(long[] dims, Func<long[], double> value) => RefTensor.Floats(DType.F32, dims, [.. Places(dims).Select(value)]);

    /// <summary>All places of a tensor, row by row.</summary>
    public static IEnumerable<long[]> Places(long[] dims)
    {
        IEnumerable<long[]> places = [[]];
        foreach (long size in dims)
        {
            places = places.SelectMany(p => Enumerable.Range(0, (int)size).Select(i => (long[])[.. p, i]));
        }

        return places;
    }

    /// <summary>An element, or what stands outside.</summary>
    public static double At(RefTensor x, long[] place, double outside)
    {
        long offset = 0;
        for (int a = 0; a < place.Length; a++)
        {
            if (place[a] < 0 || place[a] >= x.Dims[a])
            {
                return outside;
            }

            offset = (offset * x.Dims[a]) + place[a];
        }

        return x.F[offset];
    }

    private static long Count(long size, long kernel, Move move, int a) =>
        ((size + move.Before[a] + move.Behind[a] - (move.Dilation[a] * (kernel - 1)) - 1) / move.Stride[a]) + 1;

    // The last window begins inside x or before it.
    private static long CeilCount(long size, long kernel, Move move, int a)
    {
        long count = (long)Math.Ceiling((size + move.Before[a] + move.Behind[a] - (move.Dilation[a] * (kernel - 1)) - 1) / (double)move.Stride[a]) + 1;
        return (count - 1) * move.Stride[a] >= size + move.Before[a] ? count - 1 : count;
    }
}
