using System.Buffers;
using System.Runtime.CompilerServices;
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
                    Schedule = new(shared, cost.AsSpan(0, segments), table, table + segments),
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Worker<TSimd, TVec>(void* state, int index)
        where TSimd : struct, ISimd<TVec>
        where TVec : struct
    {
        Job* job = (Job*)state;
        ref readonly AttentionProblem problem = ref *job->Problem;
        AttentionScratch scratch = new(problem);
        AttentionWork<TSimd, TVec>.LoadGains(problem, scratch);
        for (int i; (i = Interlocked.Increment(ref job->Taken) - 1) < job->Schedule.Count;)
            AttentionWork<TSimd, TVec>.Run(problem, scratch, job->Schedule[i]);
    }

    private struct Job
    {
        public AttentionProblem* Problem;
        public AttentionSchedule Schedule;
        public int Taken;
    }
}
