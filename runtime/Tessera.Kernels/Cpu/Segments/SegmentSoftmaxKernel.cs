using System.Numerics;
using System.Runtime.CompilerServices;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Segments;

/// <summary>x[T, R], cu[B + 1] → [T, R]: softmax over the rows of each segment, column by column. Computed in f32 at least.</summary>
internal static unsafe class SegmentSoftmaxKernel
{
    public static void Run<T, TParallel>(in SegmentProblem problem, TParallel parallel)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        where TParallel : IParallel
    {
        fixed (SegmentProblem* shared = &problem)
            parallel.For(problem.Items, &Item<T>, shared);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Item<T>(void* state, int index)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        ref readonly SegmentProblem problem = ref *(SegmentProblem*)state;
        SegmentItem item = problem[index];
        T* max = (T*)ThreadScratch.Rent(3L * SegmentProblem.BlockColumns * sizeof(T) / sizeof(float));
        T* total = max + SegmentProblem.BlockColumns, buffer = total + SegmentProblem.BlockColumns;
        SegmentReduceKernel.Max(problem, item, max, buffer);
        SegmentReduceKernel.Exponentials(problem, item, max, total, buffer);
        for (int t = item.From; t < item.To; t++)
        {
            // The exponentials are made again: kept in a 16-bit output they would be rounded twice.
            Columns.Exp(Columns.Row(problem, t, item, buffer), max, buffer, item.Count);
            Columns.Divide(buffer, total, item.Count);
            Columns.Save(problem, t, item, buffer);
        }
    }
}
