using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tessera.Kernels.Cpu.Simd;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>
/// Runs a checked mixture on all threads: rows in order of their expert, units of them, and the sum. The part of the kernel that
/// knows nothing of ONNX Runtime.
/// </summary>
internal static unsafe class GroupedMlpKernel
{
    /// <summary>Below this many multiply-adds, waking other threads costs more than it saves.</summary>
    private const long SerialWork = 1 << 17;

    private const long SumItemFloats = 1 << 15;

    /// <param name="problem">A checked problem.</param>
    /// <param name="set">What its weights were packed for.</param>
    /// <param name="threads">What the work is cut for.</param>
    /// <param name="parallel">Where it runs.</param>
    public static void Run<TParallel>(in ExpertProblem problem, InstructionSet set, int threads, TParallel parallel)
        where TParallel : IParallel
    {
        if (problem.Assignments == 0 || problem.OutputWidth == 0)
        {
            NativeMemory.Clear(problem.Output, (nuint)problem.Tokens * (nuint)problem.OutputWidth * (nuint)problem.Storage.Bytes());
            return;
        }

        fixed (ExpertProblem* shared = &problem)
        {
            int panel = PanelWidth(set), stride = (problem.OutputWidth + panel - 1) / panel * panel;
            RowOrder order = new(problem, (int*)ThreadScratch.RentForCall(0, RowOrder.Integers(problem)));
            long work = Work(problem, order);
            byte* tables = (byte*)ThreadScratch.RentForCall(3, (ExpertSchedule.Bytes(problem, order) / sizeof(float)) + 1);
            ExpertJob job = new()
            {
                Problem = shared,
                Order = order,
                Schedule = new(problem, order, work < SerialWork ? 1 : threads, stride, tables),
                ResultStride = stride,
                TokensPerItem = (int)Math.Max(1, SumItemFloats / ((long)stride * problem.Choices)),
            };
            job.Results = ThreadScratch.RentForCall(1, job.Schedule.ResultFloats);
            parallel.For(work < SerialWork ? 1 : Math.Min(job.Schedule.Count, threads), Units(set), &job);
            parallel.For((problem.Tokens + job.TokensPerItem - 1) / job.TokensPerItem, Sums(set), &job);
        }
    }

    /// <summary>Columns of a panel of packed weights.</summary>
    public static int PanelWidth(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => PanelTile<Simd512, Vector512<float>>.Width,
        InstructionSet.Avx2 => PanelTile<Simd256, Vector256<float>>.Width,
        _ => PanelTile<Simd128, Vector128<float>>.Width,
    };

    private static long Work(in ExpertProblem problem, in RowOrder order)
    {
        long work = 0;
        for (int e = 0; e < problem.ExpertCount; e++)
            work += order.HasRows(e) ? (order.Start[e + 1] - order.Start[e]) * (long)problem.Experts[e].Hidden : 0;
        return work * ((problem.Width * (problem.Options.IsGated ? 2L : 1)) + problem.OutputWidth);
    }

    private static delegate*<void*, int, void> Units(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => &Worker<Simd512, Vector512<float>>,
        InstructionSet.Avx2 => &Worker<Simd256, Vector256<float>>,
        _ => &Worker<Simd128, Vector128<float>>,
    };

    private static delegate*<void*, int, void> Sums(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => &Sum<Simd512, Vector512<float>>,
        InstructionSet.Avx2 => &Sum<Simd256, Vector256<float>>,
        _ => &Sum<Simd128, Vector128<float>>,
    };

    /// <summary>Takes units until none is left. Which thread takes which changes no result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Worker<TSimd, TVec>(void* state, int index)
        where TSimd : struct, ISimd<TVec>
        where TVec : struct
    {
        ExpertJob* job = (ExpertJob*)state;
        ExpertScratch scratch = new(*job->Problem, job->Order);
        int loaded = -1;
        for (int i; (i = Interlocked.Increment(ref job->Taken) - 1) < job->Schedule.Count;)
            ExpertWork<TSimd, TVec>.Run(*job, scratch, job->Schedule.Units[i], ref loaded);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<TSimd, TVec>(void* state, int index)
        where TSimd : struct, ISimd<TVec>
        where TVec : struct
    {
        ExpertJob* job = (ExpertJob*)state;
        int from = index * job->TokensPerItem;
        ExpertSum<TSimd, TVec>.Run(*job, from, Math.Min(from + job->TokensPerItem, job->Problem->Tokens));
    }
}
