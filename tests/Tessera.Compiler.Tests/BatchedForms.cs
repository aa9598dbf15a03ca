using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Compiler.Tests;

/// <summary>Examples of a model in every batched form, and what each form says of each example, by the reference evaluator.</summary>
internal static class BatchedForms
{
    /// <summary>Seeded inputs of one example: floats in (−1, 1), integers in [0, 5).</summary>
    public static Dictionary<string, RefValue> Example(Graph single, IReadOnlyDictionary<string, long> sizes, int seed)
    {
        Random random = new(seed);
        return single.Inputs.ToDictionary(
            static v => ((Input)v.Producer).Name,
            v =>
            {
                long[] dims = [.. v.Shape.Select(d => d.Evaluate(s => sizes[s]))];
                int count = (int)dims.Aggregate(1L, static (a, b) => a * b);
                return v.DType.IsFloat()
                    ? (RefValue)RefTensor.Floats(v.DType, dims, [.. Enumerable.Range(0, count).Select(_ => RefTensors.Round(v.DType, (random.NextDouble() * 2) - 1))])
                    : RefTensor.Ints(v.DType, dims, [.. Enumerable.Range(0, count).Select(_ => v.Rank == 0 ? 5L : random.NextInt64(0, 5))]);
            });
    }

    /// <summary>The inputs of a batched graph made of the examples' own.</summary>
    public static Dictionary<string, RefValue> Batch(Graph single, Batching form, IReadOnlyList<Dictionary<string, RefValue>> examples)
    {
        Dictionary<string, RefValue> inputs = [];
        foreach (Value input in single.Inputs)
        {
            string name = ((Input)input.Producer).Name;
            RefTensor[] parts = [.. examples.Select(e => (RefTensor)e[name])];
            bool ragged = input.Shape.Any(d => d.Symbols.Any(single.Ragged.Contains));
            inputs[name] = form == Batching.Packed && ragged ? Joined(parts) : Stacked(parts);
        }

        foreach (string symbol in form == Batching.Dense ? [] : single.Ragged)
        {
            Value carrier = single.Inputs.First(v => v.Shape[0].Equals(Dim.Sym(symbol)));
            long[] lengths = [.. examples.Select(e => ((RefTensor)e[((Input)carrier.Producer).Name]).Dims[0])];
            inputs[form == Batching.Packed ? $"cu_seqlens_{symbol}" : $"lengths_{symbol}"] = form == Batching.Packed
                ? RefTensor.Ints(DType.I32, [lengths.Length + 1], [0, .. lengths.Select((_, i) => lengths.Take(i + 1).Sum())])
                : RefTensor.Ints(DType.I32, [lengths.Length], lengths);
        }

        return inputs;
    }

    /// <summary>What belongs to example <paramref name="index"/> in a batched result whose one-example sizes are <paramref name="alone"/>'s.</summary>
    public static double[] Part(RefTensor batched, RefTensor[] alone, int index, Batching form, bool ragged)
    {
        int count = alone[index].Count;
        if (form == Batching.Packed && ragged)
        {
            int start = alone.Take(index).Sum(static t => t.Count);
            return batched.F[start..(start + count)];
        }

        int stride = batched.Count / (int)batched.Dims[0];
        return batched.F[(index * stride)..((index * stride) + count)];
    }

    private static RefTensor Joined(RefTensor[] parts)
    {
        long total = parts.Sum(static t => t.Dims[0]);
        (int, int)[] from = [.. parts.SelectMany(static (t, p) => Enumerable.Range(0, t.Count).Select(i => (p, i)))];
        return RefTensor.Select(parts, [total, .. parts[0].Dims.Skip(1)], i => from[i]);
    }

    // Padding is filled with the example's own first element, never with zeros, which would hide a missing mask.
    private static RefTensor Stacked(RefTensor[] parts)
    {
        long longest = parts[0].Rank == 0 ? 1 : parts.Max(static t => t.Dims[0]);
        long[] dims = parts[0].Rank == 0 ? [] : [longest, .. parts[0].Dims.Skip(1)];
        int count = (int)dims.Aggregate(1L, static (a, b) => a * b);
        return RefTensor.Select(parts, [parts.Length, .. dims], i => (i / count, i % count < parts[i / count].Count ? i % count : 0));
    }
}
