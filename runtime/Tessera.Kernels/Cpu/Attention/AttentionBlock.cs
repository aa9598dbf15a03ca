using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>Attention of a block of queries over a block of keys, added to what the block has seen before.</summary>
internal static unsafe class AttentionBlock<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    /// <summary>
    /// Steps begin at multiples of their size, and leave out whole panels that no query sees: what a row becomes depends on
    /// nothing but its own segment.
    /// </summary>
    /// <param name="problem">The problem.</param>
    /// <param name="scratch">The thread's own.</param>
    /// <param name="rows">The queries.</param>
    /// <param name="block">The keys.</param>
    /// <param name="keys">Keys in the segment.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in AttentionProblem problem, in AttentionScratch scratch, in RowBlock rows, in KeyBlock block, int keys)
    {
        KeyRange first = rows.First(problem, keys), last = rows.Last(problem, keys);
        int panel = Tile<TSimd, TVec>.Width, from = Math.Max(block.From, first.From / panel * panel), to = Math.Min(block.To, last.To);
        for (int j = from; j < to;)
        {
            int end = Math.Min((j / AttentionScratch.MaxKeys * AttentionScratch.MaxKeys) + AttentionScratch.MaxKeys, to);
            bool masked = first.To < end || last.From > j;
            Step(problem, scratch, rows, block, j, end - j, masked);
            j = end;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Step(
        in AttentionProblem problem, in AttentionScratch scratch, in RowBlock rows, in KeyBlock block, int key, int count, bool masked)
    {
        int lanes = (count + TSimd.Width - 1) / TSimd.Width * TSimd.Width;
        Logits(problem, scratch, rows, block, key - block.From, lanes);
        if (problem.Options.Softcap > 0)
            LogitRules<TSimd, TVec>.Softcap(scratch.Logits, rows.Count, lanes, problem.Options.Softcap);
        if (problem.Bias is not null)
            LogitRules<TSimd, TVec>.AddBias(problem, scratch, rows, key, count, lanes);
        if (masked)
            LogitRules<TSimd, TVec>.Mask(scratch, problem.Options, rows, key, count, lanes);
        else if (lanes > count)
            LogitRules<TSimd, TVec>.HideTail(scratch.Logits + lanes - TSimd.Width, rows.Count, count + TSimd.Width - lanes);
        OnlineSoftmax<TSimd, TVec>.Step(scratch, rows, lanes);
        AddValues(problem, scratch, rows, block, key - block.From, count, masked);
        *rows.Started = true;
    }

    private static void Logits(
        in AttentionProblem problem, in AttentionScratch scratch, in RowBlock rows, in KeyBlock block, int offset, int lanes)
    {
        int d = problem.HeadDim, panel = Tile<TSimd, TVec>.Width;
        for (int x = 0; x < lanes; x += panel)
        {
            int stride = Math.Min(panel, (block.Count - offset - x + TSimd.Width - 1) / TSimd.Width * TSimd.Width);
            TileStrides strides = new(d, stride, AttentionScratch.MaxKeys, d);
            Tile<TSimd, TVec>.Multiply(
                rows.EvenCount, Math.Min(panel, lanes - x), rows.Queries, block.Keys + ((nint)(offset + x) * d), scratch.Logits + x, null, strides);
        }
    }

    private static void AddValues(
        in AttentionProblem problem, in AttentionScratch scratch, in RowBlock rows, in KeyBlock block, int offset, int count, bool masked)
    {
        float* v = block.Values + (offset * block.ValueStride), rescale = *rows.Started ? scratch.Rescale : null;
        if (masked && !Finite.All(v, block.ValueStride, count, problem.ValueDim))
        {
            MaskedValues.Add(scratch, rows, v, block.ValueStride, problem.ValueDim, rescale);
            return;
        }

        int width = (problem.ValueDim + TSimd.Width - 1) / TSimd.Width * TSimd.Width;
        TileStrides strides = new(AttentionScratch.MaxKeys, block.ValueStride, scratch.ValueStride, count);
        Tile<TSimd, TVec>.Multiply(rows.EvenCount, width, scratch.Logits, v, rows.Sum, rescale, strides);
    }
}
