using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>Brings rows of one head to f32, normalising them on the way where the op says so.</summary>
internal static unsafe class RowLoader
{
    /// <param name="storage">How the rows lie in memory.</param>
    /// <param name="source">Its first element.</param>
    /// <param name="stride">From one row to the next, in elements.</param>
    /// <param name="rows">How many.</param>
    /// <param name="size">Elements in a row.</param>
    /// <param name="gain">RMSNorm gain [size], or null for no norm.</param>
    /// <param name="epsilon">Of the norm.</param>
    /// <param name="target">[rows, size].</param>
    /// <param name="targetStride">From one row of it to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(
        Storage storage, void* source, long stride, int rows, int size, float* gain, float epsilon, float* target, nint targetStride)
    {
        for (int i = 0; i < rows; i++, target += targetStride)
        {
            storage.Load(storage.At(source, i * stride), target, size);
            if (gain is not null)
                Normalise(target, size, gain, epsilon);
        }
    }

    /// <summary>x ← x / √(mean(x²) + ε) · gain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Normalise(float* x, int size, float* gain, float epsilon)
    {
        float inverse = (float)(1 / Math.Sqrt((Squares(x, size) / size) + epsilon));
        Vector256<float> inverses = Vector256.Create(inverse);
        int i = 0;
        for (; i <= size - 8; i += 8)
            (Vector256.Load(x + i) * inverses * Vector256.Load(gain + i)).Store(x + i);
        for (; i < size; i++)
            x[i] = x[i] * inverse * gain[i];
    }

    /// <summary>Σ x², in f64; four sums at a time, which do not wait for each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Squares(float* x, int size)
    {
        double squares = 0;
        Vector256<double> a = default, b = default, c = default, d = default;
        int i = 0;
        for (; i <= size - 16; i += 16)
        {
            Vector256<double> w = Wide(x + i), y = Wide(x + i + 4), z = Wide(x + i + 8), u = Wide(x + i + 12);
            a += w * w;
            b += y * y;
            c += z * z;
            d += u * u;
        }

        for (; i < size; i++)
            squares += (double)x[i] * x[i];
        return squares + Vector256.Sum(a + b + (c + d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Wide(float* x)
    {
        Vector128<float> four = Vector128.Load(x);
        if (Avx.IsSupported)
            return Avx.ConvertToVector256Double(four);
        (Vector128<double> low, Vector128<double> high) = Vector128.Widen(four);
        return Vector256.Create(low, high);
    }

    /// <summary>Writes rows · factor, one after another; they may be written where they are read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float* source, nint stride, int rows, int size, float factor, float* target)
    {
        Vector256<float> factors = Vector256.Create(factor);
        for (int r = 0; r < rows; r++, source += stride, target += size)
        {
            int i = 0;
            for (; i <= size - 8; i += 8)
                (Vector256.Load(source + i) * factors).Store(target + i);
            for (; i < size; i++)
                target[i] = source[i] * factor;
        }
    }
}
