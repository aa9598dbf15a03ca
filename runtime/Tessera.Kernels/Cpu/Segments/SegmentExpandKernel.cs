using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Segments;

/// <summary>x[B, R], cu[B + 1] → [T, R]: row b once for every token of segment b. Copies bytes, so any element type will do.</summary>
internal static unsafe class SegmentExpandKernel
{
    /// <param name="problem">With x, output and boundaries; its columns are bytes.</param>
    /// <param name="parallel">Where to run.</param>
    public static void Run<TParallel>(in SegmentProblem problem, TParallel parallel)
        where TParallel : IParallel
    {
        fixed (SegmentProblem* shared = &problem)
            parallel.For(problem.Segments, &Segment, shared);
    }

    private static void Segment(void* state, int segment)
    {
        ref readonly SegmentProblem problem = ref *(SegmentProblem*)state;
        byte* source = (byte*)problem.X + (segment * problem.Columns);
        for (long t = problem.Cu[segment]; t < problem.Cu[segment + 1]; t++)
            Buffer.MemoryCopy(source, (byte*)problem.Output + (t * problem.Columns), problem.Columns, problem.Columns);
    }
}
