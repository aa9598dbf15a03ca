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
        for (int head = item.KeyHead; head < item.KeyHead + item.KeyHeads; head++)
            RunHead(problem, scratch, item, head);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunHead(in AttentionProblem problem, in AttentionScratch scratch, AttentionItem item, int head)
    {
        int keys = problem.CuK[item.Segment + 1] - problem.CuK[item.Segment];
        int blocks = (item.Count + AttentionScratch.MaxRows - 1) / AttentionScratch.MaxRows * problem.Group;
        for (int n = 0; n < blocks; n++)
            AttentionRows<TSimd, TVec>.Load(problem, scratch, item.Segment, scratch.Block(problem, item, head, n));
        int from = KeyRange.VisibleTo(item.Query, problem.Options, keys).From / AttentionScratch.MaxKeys * AttentionScratch.MaxKeys;
        int to = KeyRange.VisibleTo((long)item.Query + item.Count - 1, problem.Options, keys).To;
        for (int j = from; j < to; j += scratch.PackedKeys)
        {
            KeyBlock block = KeyPacker<TSimd, TVec>.Pack(
                problem, scratch, item.Segment, head, j, Math.Min(scratch.PackedKeys, to - j), item.Count * problem.Group);
            for (int n = 0; n < blocks; n++)
                AttentionBlock<TSimd, TVec>.Run(problem, scratch, scratch.Block(problem, item, head, n), block, keys);
        }

        for (int n = 0; n < blocks; n++)
            AttentionRows<TSimd, TVec>.Store(problem, scratch, item.Segment, scratch.Block(problem, item, head, n));
    }
}
