using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Passes.Batching;
using Xunit;

namespace Tessera.Passes.Tests.Batching;

/// <summary>Holds the batched form of a one-example graph with the ragged symbol n to the examples run alone.</summary>
internal static class BatchCheck
{
    /// <summary>Fails unless every example gets from the batch what it gets alone.</summary>
    /// <param name="single">The graph of one example.</param>
    /// <param name="mode">Layout of the batch.</param>
    /// <param name="lengths">Length of each example.</param>
    /// <param name="poisoned">An example whose floats are all NaN and that is not compared itself, or −1.</param>
    public static void EqualsAlone(Graph single, BatchMode mode, long[] lengths, int poisoned = -1)
    {
        RefTensor[][] alone = [.. Examples(single, lengths, poisoned).Select(e => Evaluator.Run(single, e).Cast<RefTensor>().ToArray())];
        IReadOnlyDictionary<string, RefTensor> results = Run(single, mode, lengths, poisoned);
        for (int o = 0; o < single.Outputs.Count; o++)
        {
            int axis = RaggedAxis(single.Outputs[o].Value);
            Check(results[single.Outputs[o].Name], [.. alone.Select(a => a[o])], axis, mode, poisoned);
        }
    }

    /// <summary>The results of the batched graph by name.</summary>
    public static IReadOnlyDictionary<string, RefTensor> Run(Graph single, BatchMode mode, long[] lengths, int poisoned = -1)
    {
        Graph batched = BatchPass.Run(single, mode);
        Verifier.Verify(batched);
        IReadOnlyList<RefValue> results = Evaluator.Run(batched, Inputs(single, mode, lengths, Examples(single, lengths, poisoned)));
        return batched.Outputs.Zip(results).ToDictionary(static p => p.First.Name, static p => (RefTensor)p.Second);
    }

    private static Dictionary<string, RefValue>[] Examples(Graph single, long[] lengths, int poisoned) =>
        [.. lengths.Select((n, i) => Example(single, n, i, i == poisoned))];

    private static void Check(RefTensor batched, RefTensor[] alone, int axis, BatchMode mode, int poisoned)
    {
        if (mode == BatchMode.Packed && axis >= 0)
        {
            Assert.Equal(alone.Sum(t => t.Dims[axis]), batched.Dims[0]);
            double[] all = [.. Numbers(batched)];
            foreach (int b in Enumerable.Range(0, alone.Length).Where(b => b != poisoned))
            {
                AssertClose([.. Numbers(First(alone[b], axis))], all[alone.Take(b).Sum(static t => t.Count)..][..alone[b].Count]);
            }

            return;
        }

        Assert.Equal(alone.Length, batched.Dims[0]);
        foreach (int b in Enumerable.Range(0, alone.Length).Where(b => b != poisoned))
        {
            AssertClose(Numbers(alone[b]), Numbers(Part(batched, b, alone[b].Dims)));
        }

        for (int b = 0; mode == BatchMode.Padded && b < alone.Length; b++)
        {
            Assert.All(Padding(batched, b, alone[b].Dims), static x => Assert.Equal(0, x));
        }
    }

    private static void AssertClose(IReadOnlyList<double> expected, IReadOnlyList<double> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        Assert.All(expected.Zip(actual), static p => Assert.Equal(p.First, p.Second, 1e-9));
    }

    private static Dictionary<string, RefValue> Inputs(Graph single, BatchMode mode, long[] lengths, Dictionary<string, RefValue>[] examples)
    {
        Dictionary<string, RefValue> inputs = [];
        foreach (Value input in single.Inputs)
        {
            string name = ((Input)input.Producer).Name;
            // Of no examples, the tokens are those of an empty one.
            RefTensor[] parts = [.. (examples is [] ? [Example(single, 0, 0, poisoned: false)] : examples).Select(e => (RefTensor)e[name])];
            int axis = RaggedAxis(input);
            inputs[name] = mode == BatchMode.Packed && axis >= 0 ? Joined([.. parts.Select(t => First(t, axis))]) : Stacked(parts);
        }

        if (mode == BatchMode.Packed)
        {
            inputs["cu_seqlens_n"] = RefTensor.Ints(DType.I32, [lengths.Length + 1], [0, .. lengths.Select((_, i) => lengths.Take(i + 1).Sum())]);
        }
        else if (mode == BatchMode.Padded)
        {
            inputs["lengths_n"] = RefTensor.Ints(DType.I32, [lengths.Length], lengths);
        }

        return inputs;
    }

    private static Dictionary<string, RefValue> Example(Graph single, long n, int seed, bool poisoned)
    {
        Random random = new(seed + 17);
        return single.Inputs.ToDictionary(static v => ((Input)v.Producer).Name, v =>
        {
            long[] dims = v.Shape.Evaluate(_ => n);
            int count = (int)dims.Aggregate(1L, static (a, b) => a * b);
            return v.DType.IsFloat()
                ? (RefValue)RefTensor.Floats(v.DType, dims, [.. Enumerable.Range(0, count).Select(_ => poisoned ? double.NaN : random.NextDouble())])
                : RefTensor.Ints(v.DType, dims, [.. Enumerable.Range(0, count).Select(_ => random.NextInt64(-Math.Min(n, 3), Math.Min(n, 3)))]);
        });
    }

    private static int RaggedAxis(Value value) => Enumerable.Range(0, value.Rank).FirstOrDefault(a => value.Shape[a].Symbols.Contains("n"), -1);

    // Padding holds large numbers, never zeros, which would hide what leaks.
    private static RefTensor Stacked(RefTensor[] parts)
    {
        long[] dims = [.. Enumerable.Range(0, parts[0].Rank).Select(a => parts.Max(t => t.Dims[a]))];
        RefTensor garbage = parts[0].DType.IsFloat() ? RefTensor.Floats(parts[0].DType, [1], [1e6]) : RefTensor.Ints(parts[0].DType, [1], [1_000_000]);
        int count = (int)dims.Aggregate(1L, static (a, b) => a * b);
        return RefTensor.Select([.. parts, garbage], [parts.Length, .. dims], i =>
        {
            RefTensor part = parts[i / count];
            long[] at = Coordinates(dims, i % count);
            long[] strides = part.Strides();
            return at.Zip(part.Dims).All(static p => p.First < p.Second)
                ? (i / count, (int)at.Zip(strides).Sum(static p => p.First * p.Second))
                : (parts.Length, 0);
        });
    }

    private static RefTensor Joined(RefTensor[] parts)
    {
        (int, int)[] from = [.. parts.SelectMany(static (t, p) => Enumerable.Range(0, t.Count).Select(i => (p, i)))];
        return RefTensor.Select(parts, [parts.Sum(static t => t.Dims[0]), .. parts[0].Dims.Skip(1)], i => from[i]);
    }

    // The axis moved to the front.
    private static RefTensor First(RefTensor x, int axis)
    {
        int[] perm = [axis, .. Enumerable.Range(0, x.Rank).Where(a => a != axis)];
        long[] dims = [.. perm.Select(a => x.Dims[a])];
        long[] strides = x.Strides();
        return RefTensor.Gather(x, dims, i => (int)Coordinates(dims, i).Select((at, a) => at * strides[perm[a]]).Sum());
    }

    // The first elements of example b along each axis.
    private static RefTensor Part(RefTensor batched, int b, long[] dims)
    {
        long[] strides = batched.Strides();
        Assert.All(dims.Zip(batched.Dims.Skip(1)), static p => Assert.True(p.First <= p.Second));
        return RefTensor.Gather(batched, dims, i =>
            (int)((b * strides[0]) + Coordinates(dims, i).Select((at, a) => at * strides[a + 1]).Sum()));
    }

    // What lies behind them.
    private static IEnumerable<double> Padding(RefTensor batched, int b, long[] dims)
    {
        long[] all = batched.Dims[1..];
        int count = (int)all.Aggregate(1L, static (a, b) => a * b);
        return Enumerable.Range(0, count).Where(i => Coordinates(all, i).Zip(dims).Any(static p => p.First >= p.Second)).Select(i => batched.Number((b * count) + i));
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

    private static double[] Numbers(RefTensor x) => [.. Enumerable.Range(0, x.Count).Select(x.Number)];
}
