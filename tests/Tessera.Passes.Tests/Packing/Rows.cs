using Tessera.Ir;
using Tessera.Ir.Evaluate;

namespace Tessera.Passes.Tests.Packing;

/// <summary>Parts of tensors, by the places along each axis.</summary>
internal static class Rows
{
    /// <summary>One place along an axis, which is gone.</summary>
    public static RefTensor At(RefTensor x, int axis, int place)
    {
        long[] strides = x.Strides();
        long[] dims = [.. x.Dims.Where((_, a) => a != axis)];
        long[] own = [.. strides.Where((_, a) => a != axis)];
        return RefTensor.Gather(x, dims, i => Offset(dims, own, i) + (int)(place * strides[axis]));
    }

    /// <summary>The front corner.</summary>
    public static RefTensor Corner(RefTensor x, long[] dims)
    {
        long[] strides = x.Strides();
        return RefTensor.Gather(x, dims, i => Offset(dims, strides, i));
    }

    /// <summary>A whole whose front corner is the part.</summary>
    public static RefTensor Behind(RefTensor part, RefTensor whole)
    {
        long[] strides = part.Strides();
        return RefTensor.Select([whole, part], whole.Dims, i =>
        {
            long[] at = Place(whole.Dims, i);
            return at.Zip(part.Dims).All(static p => p.First < p.Second) ? (1, (int)at.Zip(strides, static (p, s) => p * s).Sum()) : (0, i);
        });
    }

    /// <summary>The same with one number behind along each axis; in corners, behind along several, it is the whole's.</summary>
    public static RefTensor Behind(RefTensor part, RefTensor whole, double? number)
    {
        if (number is not { } put || whole.DType == DType.String)
        {
            return Behind(part, whole);
        }

        bool Beside(int i) => Place(whole.Dims, i).Where((at, a) => at >= part.Dims[a]).Count() == 1;
        int[] all = [.. Enumerable.Range(0, whole.Count)];
        RefTensor filled = whole.DType == DType.Bool ? RefTensor.Bools(whole.Dims, [.. all.Select(i => Beside(i) ? put != 0 : whole.B[i])])
            : whole.DType.IsFloat() ? RefTensor.Floats(whole.DType, whole.Dims, [.. all.Select(i => Beside(i) ? RefTensors.Round(whole.DType, put) : whole.F[i])])
            : RefTensor.Ints(whole.DType, whole.Dims, [.. all.Select(i => Beside(i) ? (long)put : whole.I[i])]);
        return Behind(part, filled);
    }

    private static int Offset(long[] dims, long[] strides, int index) => (int)Place(dims, index).Zip(strides, static (p, s) => p * s).Sum();

    public static long[] Place(long[] dims, int index)
    {
        long[] place = new long[dims.Length];
        long rest = index;
        for (int axis = dims.Length - 1; axis >= 0; axis--)
        {
            (rest, place[axis]) = Math.DivRem(rest, dims[axis]);
        }

        return place;
    }
}
