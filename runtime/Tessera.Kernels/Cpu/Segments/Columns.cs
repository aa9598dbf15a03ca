using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Segments;

/// <summary>Elementwise loops over a block of columns.</summary>
internal static unsafe class Columns
{
    /// <summary>Columns of one row: where they lie if they are of type T there, else brought to f32 in <paramref name="buffer"/>.</summary>
    public static T* Row<T>(in SegmentProblem problem, long row, in SegmentItem item, T* buffer)
        where T : unmanaged
    {
        long index = (row * problem.Columns) + item.Column;
        if (typeof(T) != typeof(float) || problem.Storage == Storage.F32)
            return (T*)problem.X + index;
        problem.Storage.Load(problem.Storage.At(problem.X, index), (float*)buffer, item.Count);
        return buffer;
    }

    /// <summary>Writes columns of one row of the output.</summary>
    public static void Save<T>(in SegmentProblem problem, long row, in SegmentItem item, T* values)
        where T : unmanaged
    {
        long index = (row * problem.Columns) + item.Column;
        if (typeof(T) == typeof(float))
            problem.Storage.Save((float*)values, problem.Storage.At(problem.Output, index), item.Count);
        else
            new ReadOnlySpan<T>(values, item.Count).CopyTo(new((T*)problem.Output + index, item.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<T>(T* total, T* x, int count)
        where T : unmanaged, INumber<T>
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            Vector.Store(Vector.Load(total + i) + Vector.Load(x + i), total + i);
        for (; i < count; i++)
            total[i] += x[i];
    }

    /// <summary>A NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Max<T>(T* max, T* x, int count)
        where T : unmanaged, INumber<T>
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            Vector.Store(Vector.Max(Vector.Load(max + i), Vector.Load(x + i)), max + i);
        for (; i < count; i++)
            max[i] = T.Max(max[i], x[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Divide<T>(T* x, T* by, int count)
        where T : unmanaged, INumber<T>
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            Vector.Store(Vector.Load(x + i) / Vector.Load(by + i), x + i);
        for (; i < count; i++)
            x[i] /= by[i];
    }

    /// <summary>y = exp(x − shift), where x ≤ shift or either is NaN.</summary>
    public static void Exp<T>(T* x, T* shift, T* y, int count)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float))
        {
            Exp((float*)x, (float*)shift, (float*)y, count);
            return;
        }

        for (int i = 0; i < count; i++)
            y[i] = T.CreateTruncating(Math.Exp(double.CreateTruncating(x[i] - shift[i])));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Exp(float* x, float* shift, float* y, int count)
    {
        int i = 0;
        for (; i <= count - 8; i += 8)
            VectorMath<Simd256, Vector256<float>>.Exp(Vector256.Load(x + i) - Vector256.Load(shift + i)).Store(y + i);
        for (; i < count; i++)
            y[i] = VectorMath<Simd256, Vector256<float>>.Exp(Vector256.CreateScalar(x[i] - shift[i])).ToScalar();
    }
}
