using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>Whether values hold no infinity and no NaN.</summary>
internal static unsafe class Finite
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool All(float* rows, nint stride, int count, int size)
    {
        // x · 0 is 0 for finite x and NaN otherwise, and a sum keeps a NaN.
        Vector256<float> sum = default;
        float tail = 0;
        for (int i = 0; i < count; i++, rows += stride)
        {
            int j = 0;
            for (; j <= size - 8; j += 8)
                sum += Vector256.Load(rows + j) * Vector256<float>.Zero;
            for (; j < size; j++)
                tail += rows[j] * 0f;
        }

        return Vector256.Sum(sum) + tail == 0;
    }
}
