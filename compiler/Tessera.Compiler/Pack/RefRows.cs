using Tessera.Ir;
using Tessera.Ir.Evaluate;

namespace Tessera.Compiler.Pack;

/// <summary>Examples put together into batches and taken out of them.</summary>
internal static class RefRows
{
    /// <summary>The part in the front corner of the whole.</summary>
    public static RefTensor Overlay(RefTensor whole, RefTensor part)
    {
        long[] own = part.Strides();
        return RefTensor.Select([whole, part], whole.Dims, i =>
        {
            long[] at = Place(whole.Dims, i);
            return at.Zip(part.Dims).All(static p => p.First < p.Second) ? (1, Index(at, own)) : (0, i);
        });
    }

    /// <summary>The front corner of given sizes.</summary>
    public static RefTensor Corner(RefTensor whole, long[] dims)
    {
        long[] strides = whole.Strides();
        return RefTensor.Gather(whole, dims, i => Index(Place(dims, i), strides));
    }

    /// <summary>Tensors of one shape along a new axis.</summary>
    public static RefTensor Stack(IReadOnlyList<RefTensor> rows, int axis)
    {
        long[] dims = [.. rows[0].Dims[..axis], rows.Count, .. rows[0].Dims[axis..]];
        long[] strides = rows[0].Strides();
        return RefTensor.Select(rows, dims, i =>
        {
            long[] at = Place(dims, i);
            return ((int)at[axis], Index([.. at[..axis], .. at[(axis + 1)..]], strides));
        });
    }

    /// <summary>One place along an axis, which is gone.</summary>
    public static RefTensor Row(RefTensor batch, int axis, int row)
    {
        long[] dims = [.. batch.Dims[..axis], .. batch.Dims[(axis + 1)..]];
        long[] strides = batch.Strides();
        return RefTensor.Gather(batch, dims, i => Index(Place(dims, i), [.. strides[..axis], .. strides[(axis + 1)..]]) + (int)(row * strides[axis]));
    }

    /// <summary>Some places along an axis.</summary>
    public static RefTensor Cut(RefTensor whole, int axis, long start, long count)
    {
        long[] dims = [.. whole.Dims.Select((d, a) => a == axis ? count : d)];
        long[] strides = whole.Strides();
        return RefTensor.Gather(whole, dims, i => Index(Place(dims, i), strides) + (int)(start * strides[axis]));
    }

    /// <summary>Zeros, or false.</summary>
    public static RefTensor Zeros(DType dtype, long[] dims)
    {
        int count = (int)dims.Aggregate(1L, static (a, b) => a * b);
        return dtype == DType.Bool ? RefTensor.Bools(dims, new bool[count])
            : dtype.IsFloat() ? RefTensor.Floats(dtype, dims, new double[count])
            : RefTensor.Ints(dtype, dims, new long[count]);
    }

    public static bool AreZeros(RefTensor x) => x.DType == DType.Bool ? !x.B.Contains(true) : x.DType.IsFloat() ? x.F.All(static v => v == 0) : x.I.All(static v => v == 0);

    /// <summary>Tensors one after another along an axis, which comes first.</summary>
    public static RefTensor Join(IReadOnlyList<RefTensor> parts, int axis)
    {
        RefTensor[] first = [.. parts.Select(p => Moved(p, axis, 0))];
        int[] starts = [.. first.Select((_, i) => first.Take(i).Sum(static p => p.Count))];
        int[] owners = [.. first.SelectMany(static (p, i) => Enumerable.Repeat(i, p.Count))];
        return RefTensor.Select(first, [first.Sum(static p => p.Dims[0]), .. first[0].Dims[1..]], i => (owners[i], i - starts[owners[i]]));
    }

    /// <summary>Rows of what was joined, their axis back in its place.</summary>
    public static RefTensor Part(RefTensor joined, long start, long count, int axis)
    {
        int size = (int)joined.Dims[1..].Aggregate(1L, static (a, b) => a * b);
        return Moved(RefTensor.Gather(joined, [count, .. joined.Dims[1..]], i => (int)(start * size) + i), 0, axis);
    }

    private static RefTensor Moved(RefTensor x, int from, int to)
    {
        List<int> order = [.. Enumerable.Range(0, x.Rank).Where(a => a != from)];
        order.Insert(to, from);
        long[] dims = [.. order.Select(a => x.Dims[a])];
        long[] strides = [.. order.Select(a => x.Strides()[a])];
        return RefTensor.Gather(x, dims, i => Index(Place(dims, i), strides));
    }

    private static long[] Place(long[] dims, int index)
    {
        long[] place = new long[dims.Length];
        long rest = index;
        for (int axis = dims.Length - 1; axis >= 0; axis--)
        {
            (rest, place[axis]) = Math.DivRem(rest, dims[axis]);
        }

        return place;
    }

    private static int Index(long[] place, long[] strides) => (int)place.Zip(strides, static (p, s) => p * s).Sum();
}
