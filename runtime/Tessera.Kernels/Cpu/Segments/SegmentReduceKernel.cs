using System.Numerics;
using System.Runtime.CompilerServices;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Segments;

/// <summary>x[T, R], cu[B + 1] → [B, R]. 16-bit floats accumulate in f32.</summary>
internal static unsafe class SegmentReduceKernel
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
        T* result = (T*)ThreadScratch.Rent(4L * SegmentProblem.BlockColumns * sizeof(T) / sizeof(float));
        T* buffer = result + SegmentProblem.BlockColumns;
        switch (problem.Reduction)
        {
            case SegmentReduction.Max:
                Max(problem, item, result, buffer);
                break;
            case SegmentReduction.LogSumExp:
                LogSumExp(problem, item, result, buffer);
                break;
            default:
                Sum(problem, item, result, buffer);
                break;
        }

        Columns.Save(problem, item.Segment, item, result);
    }

    /// <summary>The sum, or the mean; 0 of nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<T>(in SegmentProblem problem, in SegmentItem item, T* total, T* buffer)
        where T : unmanaged, INumber<T>
    {
        new Span<T>(total, item.Count).Clear();
        for (int t = item.From; t < item.To; t++)
            Columns.Add(total, Columns.Row(problem, t, item, buffer), item.Count);
        if (problem.Reduction != SegmentReduction.Mean || item.To == item.From)
            return;
        T length = T.CreateTruncating(item.To - item.From);
        for (int i = 0; i < item.Count; i++)
            total[i] /= length;
    }

    /// <summary>The largest; −∞, or the smallest integer, of nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Max<T>(in SegmentProblem problem, in SegmentItem item, T* max, T* buffer)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        new Span<T>(max, item.Count).Fill(Smallest<T>());
        for (int t = item.From; t < item.To; t++)
            Columns.Max(max, Columns.Row(problem, t, item, buffer), item.Count);
    }

    /// <summary>log Σ exp x, with the largest taken out; −∞ of nothing, ∞ where one is ∞.</summary>
    private static void LogSumExp<T>(in SegmentProblem problem, in SegmentItem item, T* result, T* buffer)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        T* total = buffer + SegmentProblem.BlockColumns, max = total + SegmentProblem.BlockColumns;
        Max(problem, item, max, buffer);
        Exponentials(problem, item, max, total, buffer);
        for (int i = 0; i < item.Count; i++)
            result[i] = T.IsInfinity(max[i]) ? max[i] : max[i] + T.CreateTruncating(Math.Log(double.CreateTruncating(total[i])));
    }

    /// <summary>Σ exp(x − max).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Exponentials<T>(in SegmentProblem problem, in SegmentItem item, T* max, T* total, T* buffer)
        where T : unmanaged, INumber<T>
    {
        new Span<T>(total, item.Count).Clear();
        for (int t = item.From; t < item.To; t++)
        {
            Columns.Exp(Columns.Row(problem, t, item, buffer), max, buffer, item.Count);
            Columns.Add(total, buffer, item.Count);
        }
    }

    private static T Smallest<T>()
        where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double) ? T.CreateTruncating(double.NegativeInfinity) : T.MinValue;
}
