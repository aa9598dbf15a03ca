using Tessera.Ir;
using Tessera.Ir.Evaluate;

namespace Tessera.Passes.Tests.Batching;

/// <summary>Examples into batches, packed and padded, and out of them again.</summary>
internal static class Packing
{
    /// <summary>Where each example starts, and the end.</summary>
    public static long[] Offsets(long[] lengths) => [0, .. lengths.Select((_, i) => lengths.Take(i + 1).Sum())];

    /// <summary>The examples one after another, the ragged axis first.</summary>
    public static RefTensor Join(RefTensor[] examples, int axis)
    {
        RefTensor[] parts = [.. examples.Select(t => ToFront(t, axis))];
        (int, int)[] from = [.. parts.SelectMany(static (t, p) => Enumerable.Range(0, t.Count).Select(i => (p, i)))];
        return RefTensor.Select(parts, [parts.Sum(static t => t.Dims[0]), .. parts[0].Dims.Skip(1)], i => from[i]);
    }

    /// <summary>The examples along a new first axis, padded with NaN, or with the first integer of the first example.</summary>
    public static RefTensor Stack(RefTensor[] examples)
    {
        long[] dims = [.. Enumerable.Range(0, examples[0].Rank).Select(a => examples.Max(t => t.Dims[a]))];
        RefTensor padding = examples[0].DType.IsFloat()
            ? RefTensor.Floats(examples[0].DType, [1], [double.NaN])
            : RefTensor.Gather(examples[0], [1], _ => examples[0].Count > 0 ? 0 : -1);
        int count = (int)dims.Aggregate(1L, static (a, b) => a * b);
        return RefTensor.Select([.. examples, padding], [examples.Length, .. dims], i =>
        {
            RefTensor example = examples[i / count];
            long[] at = Coordinates(dims, i % count);
            return at.Zip(example.Dims).All(static p => p.First < p.Second)
                ? (i / count, (int)at.Zip(example.Strides()).Sum(static p => p.First * p.Second))
                : (examples.Length, 0);
        });
    }

    /// <summary>One example of the given sizes out of a stack.</summary>
    public static RefTensor Example(RefTensor stack, int example, long[] dims)
    {
        long[] strides = stack.Strides();
        return RefTensor.Gather(stack, dims, i =>
            (int)((example * strides[0]) + Coordinates(dims, i).Select((at, a) => at * strides[a + 1]).Sum()));
    }

    /// <summary>One example of the given sizes out of a joined tensor, its ragged axis back in its place.</summary>
    public static RefTensor Segment(RefTensor joined, int axis, long start, long[] dims)
    {
        long[] strides = joined.Strides();
        return RefTensor.Gather(joined, dims, i =>
        {
            List<long> at = [.. Coordinates(dims, i)];
            long token = at[axis] + start;
            at.RemoveAt(axis);
            return (int)((token * strides[0]) + at.Select((c, a) => c * strides[a + 1]).Sum());
        });
    }

    private static RefTensor ToFront(RefTensor x, int axis)
    {
        int[] perm = [axis, .. Enumerable.Range(0, x.Rank).Where(a => a != axis)];
        long[] dims = [.. perm.Select(a => x.Dims[a])];
        long[] strides = x.Strides();
        return RefTensor.Gather(x, dims, i => (int)Coordinates(dims, i).Select((at, a) => at * strides[perm[a]]).Sum());
    }

    private static long[] Coordinates(long[] dims, long i)
    {
        long[] at = new long[dims.Length];
        for (int a = dims.Length - 1; a >= 0; a--)
        {
            at[a] = i % dims[a];
            i /= dims[a];
        }

        return at;
    }
}
