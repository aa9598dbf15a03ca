using System.Runtime.CompilerServices;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Segments;

/// <summary>
/// x[B, R], cu[B + 1] → [T, R]: row b once for every token of segment b. Copies bytes, so any element type will do. Threads take
/// tokens, not segments, so that one long segment is not one thread's alone.
/// </summary>
internal static unsafe class SegmentExpandKernel
{
    /// <summary>Bytes that outweigh taking an item.</summary>
    private const long ItemBytes = 1 << 16;

    /// <param name="problem">With x, output and boundaries; its columns are bytes.</param>
    /// <param name="parallel">Where to run.</param>
    public static void Run<TParallel>(in SegmentProblem problem, TParallel parallel)
        where TParallel : IParallel
    {
        long tokens = problem.Cu[problem.Segments], each = TokensPerItem(problem);
        fixed (SegmentProblem* shared = &problem)
            parallel.For((int)((tokens + each - 1) / each), &Item, shared);
    }

    private static long TokensPerItem(in SegmentProblem problem) => Math.Max(1, ItemBytes / Math.Max(1, problem.Columns));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Item(void* state, int index)
    {
        ref readonly SegmentProblem problem = ref *(SegmentProblem*)state;
        long each = TokensPerItem(problem), token = index * each, end = Math.Min(token + each, problem.Cu[problem.Segments]);
        int segment = new ReadOnlySpan<int>(problem.Cu, problem.Segments + 1).BinarySearch((int)token);
        for (segment = segment < 0 ? ~segment - 1 : segment; token < end; token++)
        {
            while (problem.Cu[segment + 1] <= token)
                segment++;
            byte* source = (byte*)problem.X + (segment * problem.Columns);
            Buffer.MemoryCopy(source, (byte*)problem.Output + (token * problem.Columns), problem.Columns, problem.Columns);
        }
    }
}
