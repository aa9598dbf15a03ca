using System.Buffers;
using System.Runtime.Intrinsics;
using Tessera.Kernels.Cpu.Simd;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>Runs a checked problem on all threads: the part of the kernel that knows nothing of ONNX Runtime.</summary>
internal static unsafe class PackedAttentionKernel
{
    /// <summary>Below this many multiply-adds, waking other threads costs more than it saves.</summary>
    private const long SerialWork = 1 << 17;

    public static void Run<TParallel>(in AttentionProblem problem, InstructionSet set, TParallel parallel)
        where TParallel : IParallel
    {
        int segments = problem.Segments;
        int[] tables = ArrayPool<int>.Shared.Rent((2 * segments) + 1);
        long[] cost = ArrayPool<long>.Shared.Rent(segments + 1);
        try
        {
            fixed (int* table = tables)
            fixed (AttentionProblem* shared = &problem)
            {
                Job job = new()
                {
                    Problem = shared,
                    Schedule = new(problem, cost.AsSpan(0, segments), table, table + segments),
                };
                int workers = Work(problem) < SerialWork ? 1 : Math.Min(job.Schedule.Count, Environment.ProcessorCount);
                parallel.For(workers, Body(set), &job);
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(tables);
            ArrayPool<long>.Shared.Return(cost);
        }
    }

    private static long Work(in AttentionProblem problem)
    {
        long pairs = 0;
        for (int b = 0; b < problem.Segments; b++)
            pairs += (long)(problem.CuQ[b + 1] - problem.CuQ[b]) * (problem.CuK[b + 1] - problem.CuK[b]);
        return pairs * problem.Heads * (problem.HeadDim + problem.ValueDim);
    }

    private static delegate*<void*, int, void> Body(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => &Worker<Simd512, Vector512<float>>,
        InstructionSet.Avx2 => &Worker<Simd256, Vector256<float>>,
        _ => &Worker<Simd128, Vector128<float>>,
    };

    /// <summary>Takes items until none is left. Which thread takes which changes no result.</summary>
    private static void Worker<TSimd, TVec>(void* state, int index)
        where TSimd : struct, ISimd<TVec>
        where TVec : struct
    {
        Job* job = (Job*)state;
        for (int i; (i = Interlocked.Increment(ref job->Taken) - 1) < job->Schedule.Count;)
            RunBlock<TSimd, TVec>(*job->Problem, job->Schedule[i]);
    }

    /// <summary>Few queries would leave most lanes of a wide vector empty: they take a narrower one.</summary>
    private static void RunBlock<TSimd, TVec>(in AttentionProblem problem, AttentionItem item)
        where TSimd : struct, ISimd<TVec>
        where TVec : struct
    {
        if (TSimd.Width > Simd128.Width && item.Count <= Simd128.Width)
            AttentionBlock<Simd128, Vector128<float>>.Run(problem, item);
        else if (TSimd.Width > Simd256.Width && item.Count <= Simd256.Width)
            AttentionBlock<Simd256, Vector256<float>>.Run(problem, item);
        else
            AttentionBlock<TSimd, TVec>.Run(problem, item);
    }

    private struct Job
    {
        public AttentionProblem* Problem;
        public AttentionSchedule Schedule;
        public int Taken;
    }
}
