using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Attention;

/// <content>Register tiles one vector wide: what is left over.</content>
internal static unsafe partial class Tile<TSimd, TVec>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R6V1(float* a, float* b, float* c, float* scale, in TileStrides s)
    {
        nint r = s.A, next = s.B;
        float* a3 = a + (3 * r);
        TVec c00 = default;
        TVec c10 = default;
        TVec c20 = default;
        TVec c30 = default;
        TVec c40 = default;
        TVec c50 = default;
        for (nint k = s.Depth; k > 0; k--)
        {
            TVec b0 = TSimd.Load(b), x;
            x = TSimd.All(*a); c00 = TSimd.Fma(x, b0, c00);
            x = TSimd.All(a[r]); c10 = TSimd.Fma(x, b0, c10);
            x = TSimd.All(a[2 * r]); c20 = TSimd.Fma(x, b0, c20);
            x = TSimd.All(*a3); c30 = TSimd.Fma(x, b0, c30);
            x = TSimd.All(a3[r]); c40 = TSimd.Fma(x, b0, c40);
            x = TSimd.All(a3[2 * r]); c50 = TSimd.Fma(x, b0, c50);
            a++; a3++; b += next;
        }

        Put1(scale, 0, c, c00);
        Put1(scale, 1, c + s.C, c10);
        Put1(scale, 2, c + (2 * s.C), c20);
        Put1(scale, 3, c + (3 * s.C), c30);
        Put1(scale, 4, c + (4 * s.C), c40);
        Put1(scale, 5, c + (5 * s.C), c50);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R4V1(float* a, float* b, float* c, float* scale, in TileStrides s)
    {
        nint r = s.A, next = s.B;
        TVec c00 = default;
        TVec c10 = default;
        TVec c20 = default;
        TVec c30 = default;
        for (nint k = s.Depth; k > 0; k--)
        {
            TVec b0 = TSimd.Load(b), x;
            x = TSimd.All(*a); c00 = TSimd.Fma(x, b0, c00);
            x = TSimd.All(a[r]); c10 = TSimd.Fma(x, b0, c10);
            x = TSimd.All(a[2 * r]); c20 = TSimd.Fma(x, b0, c20);
            x = TSimd.All(a[3 * r]); c30 = TSimd.Fma(x, b0, c30);
            a++; b += next;
        }

        Put1(scale, 0, c, c00);
        Put1(scale, 1, c + s.C, c10);
        Put1(scale, 2, c + (2 * s.C), c20);
        Put1(scale, 3, c + (3 * s.C), c30);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R2V1(float* a, float* b, float* c, float* scale, in TileStrides s)
    {
        nint r = s.A, next = s.B;
        TVec c00 = default;
        TVec c10 = default;
        for (nint k = s.Depth; k > 0; k--)
        {
            TVec b0 = TSimd.Load(b), x;
            x = TSimd.All(*a); c00 = TSimd.Fma(x, b0, c00);
            x = TSimd.All(a[r]); c10 = TSimd.Fma(x, b0, c10);
            a++; b += next;
        }

        Put1(scale, 0, c, c00);
        Put1(scale, 1, c + s.C, c10);
    }

    /// <summary>c = x, or c · scale + x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put1(float* scale, int row, float* c, TVec x0)
    {
        if (scale is not null)
        {
            TVec s = TSimd.All(scale[row]);
            x0 = TSimd.Fma(TSimd.Load(c), s, x0);
        }

        TSimd.Store(x0, c);
    }
}
