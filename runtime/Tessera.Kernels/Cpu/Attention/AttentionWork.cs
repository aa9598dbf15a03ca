using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>One item of work: its keys are packed once, a cache full at a time, and all its queries pass over them.</summary>
internal static unsafe class AttentionWork<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    public static void LoadGains(in AttentionProblem problem, in AttentionScratch scratch)
    {
        if (problem.QNorm is not null)
            problem.Storage.Load(problem.QNorm, scratch.QueryGain, problem.HeadDim);
        if (problem.KNorm is not null)
            problem.Storage.Load(problem.KNorm, scratch.KeyGain, problem.HeadDim);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in AttentionProblem problem, in AttentionScratch scratch, AttentionItem item)
    {
        int end = item.KeyHead + item.KeyHeads;
        for (int head = item.KeyHead; head < end; head++)
        {
            if (head + 1 < end)
                Expect(problem, item, head + 1);
            RunHead(problem, scratch, item, head);
        }
    }

    /// <summary>Several heads at a time are those of a short segment: all of the next is asked for while this one is computed.</summary>
    private static void Expect(in AttentionProblem problem, AttentionItem item, int head)
    {
        int keys = Math.Min(problem.CuK[item.Segment + 1] - problem.CuK[item.Segment], AttentionScratch.MaxKeys);
        int bytes = problem.Storage.Bytes(), e = problem.ValueDim * bytes, rows = Math.Min(item.Count, AttentionScratch.MaxRows);
        ExpectQueries(problem, item.Segment, item.Query, rows, head * problem.Group);
        ExpectKeys(problem, item.Segment, keys, head);
        Prefetch.Rows(problem.ValuesAt(item.Segment, 0, head), (long)problem.KeyHeads * e, keys, e);
        ExpectResults(problem, item.Segment, item.Query, rows, head * problem.Group);
    }

    private static void ExpectQueries(in AttentionProblem problem, int segment, int query, int rows, int head)
    {
        int d = problem.HeadDim * problem.Storage.Bytes();
        Prefetch.Rows(problem.QueriesAt(segment, query, head), (long)problem.Heads * d, rows, d);
    }

    private static void ExpectKeys(in AttentionProblem problem, int segment, int keys, int head)
    {
        int d = problem.HeadDim * problem.Storage.Bytes();
        Prefetch.Rows(problem.KeysAt(segment, 0, head), (long)problem.KeyHeads * d, keys, d);
    }

    private static void ExpectResults(in AttentionProblem problem, int segment, int query, int rows, int head)
    {
        int e = problem.ValueDim * problem.Storage.Bytes();
        Prefetch.Rows(problem.ResultsAt(segment, query, head), (long)problem.Heads * e, rows, e);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunHead(in AttentionProblem problem, in AttentionScratch scratch, AttentionItem item, int head)
    {
        int keys = problem.CuK[item.Segment + 1] - problem.CuK[item.Segment];
        int blocks = (item.Count + AttentionScratch.MaxRows - 1) / AttentionScratch.MaxRows * problem.Group;
        ExpectKeys(problem, item.Segment, Math.Min(keys, Tile<TSimd, TVec>.Width), head);
        RowBlock rows = scratch.Block(problem, item, head, 0);
        for (int n = 0; n < blocks; n++)
        {
            RowBlock next = scratch.Block(problem, item, head, Math.Min(n + 1, blocks - 1));
            ExpectQueries(problem, item.Segment, next.Query, next.Count, next.Head);
            AttentionRows<TSimd, TVec>.Load(problem, scratch, item.Segment, rows);
            rows = next;
        }

        int from = KeyRange.VisibleTo(item.Query, problem.Options, keys).From / AttentionScratch.MaxKeys * AttentionScratch.MaxKeys;
        int to = KeyRange.VisibleTo((long)item.Query + item.Count - 1, problem.Options, keys).To;
        for (int j = from; j < to; j += scratch.PackedKeys)
        {
            KeyBlock block = KeyPacker<TSimd, TVec>.Pack(
                problem, scratch, item.Segment, head, j, Math.Min(scratch.PackedKeys, to - j), item.Count * problem.Group);
            for (int n = 0; n < blocks; n++)
                AttentionBlock<TSimd, TVec>.Run(problem, scratch, scratch.Block(problem, item, head, n), block, keys);
        }

        rows = scratch.Block(problem, item, head, 0);
        for (int n = 0; n < blocks; n++)
        {
            RowBlock next = scratch.Block(problem, item, head, Math.Min(n + 1, blocks - 1));
            ExpectResults(problem, item.Segment, next.Query, next.Count, next.Head);
            AttentionRows<TSimd, TVec>.Store(problem, scratch, item.Segment, rows);
            rows = next;
        }
    }
}
