using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Attention;

/// <content>Register tiles one vector wide: what is left at the right edge.</content>
internal static unsafe partial class Tile<TSimd, TVec>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R6V1(TileStep t, float* b, float* c, float* scale)
    {
        float* a = t.A, a3 = a + (3 * t.ARow);
        nint r = t.ARow, next = t.AColumn, stride = t.Stride;
        TVec c00 = default;
        TVec c10 = default;
        TVec c20 = default;
        TVec c30 = default;
        TVec c40 = default;
        TVec c50 = default;
        for (nint k = t.Depth; k > 0; k--)
        {
            TVec b0 = TSimd.Load(b), x;
            x = TSimd.All(*a); c00 = TSimd.Fma(x, b0, c00);
            x = TSimd.All(a[r]); c10 = TSimd.Fma(x, b0, c10);
            x = TSimd.All(a[2 * r]); c20 = TSimd.Fma(x, b0, c20);
            x = TSimd.All(*a3); c30 = TSimd.Fma(x, b0, c30);
            x = TSimd.All(a3[r]); c40 = TSimd.Fma(x, b0, c40);
            x = TSimd.All(a3[2 * r]); c50 = TSimd.Fma(x, b0, c50);
            a += next; a3 += next; b += stride;
        }

        Put1(scale, c, c00);
        Put1(scale, c + stride, c10);
        Put1(scale, c + (2 * stride), c20);
        Put1(scale, c + (3 * stride), c30);
        Put1(scale, c + (4 * stride), c40);
        Put1(scale, c + (5 * stride), c50);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R4V1(TileStep t, float* b, float* c, float* scale)
    {
        float* a = t.A, a3 = a + (3 * t.ARow);
        nint r = t.ARow, next = t.AColumn, stride = t.Stride;
        TVec c00 = default;
        TVec c10 = default;
        TVec c20 = default;
        TVec c30 = default;
        for (nint k = t.Depth; k > 0; k--)
        {
            TVec b0 = TSimd.Load(b), x;
            x = TSimd.All(*a); c00 = TSimd.Fma(x, b0, c00);
            x = TSimd.All(a[r]); c10 = TSimd.Fma(x, b0, c10);
            x = TSimd.All(a[2 * r]); c20 = TSimd.Fma(x, b0, c20);
            x = TSimd.All(*a3); c30 = TSimd.Fma(x, b0, c30);
            a += next; a3 += next; b += stride;
        }

        Put1(scale, c, c00);
        Put1(scale, c + stride, c10);
        Put1(scale, c + (2 * stride), c20);
        Put1(scale, c + (3 * stride), c30);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R1V1(TileStep t, float* b, float* c, float* scale)
    {
        float* a = t.A;
        nint next = t.AColumn, stride = t.Stride;
        TVec c00 = default;
        for (nint k = t.Depth; k > 0; k--)
        {
            TVec b0 = TSimd.Load(b), x;
            x = TSimd.All(*a); c00 = TSimd.Fma(x, b0, c00);
            a += next; b += stride;
        }

        Put1(scale, c, c00);
    }


    /// <summary>c = x, or c · scale + x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put1(float* scale, float* c, TVec x0)
    {
        if (scale is not null)
        {
            x0 = TSimd.Fma(TSimd.Load(c), TSimd.Load(scale), x0);
        }

        TSimd.Store(x0, c);
    }
}
