using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Attention;

/// <content>Register tiles two vectors wide: the widest that 16 registers hold with six rows.</content>
internal static unsafe partial class Tile<TSimd, TVec>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R6V2(float* a, float* b, float* c, float* scale, in TileStrides s)
    {
        nint r = s.A, next = s.B;
        float* a3 = a + (3 * r);
        TVec c00 = default, c01 = default;
        TVec c10 = default, c11 = default;
        TVec c20 = default, c21 = default;
        TVec c30 = default, c31 = default;
        TVec c40 = default, c41 = default;
        TVec c50 = default, c51 = default;
        for (nint k = s.Depth; k > 0; k--)
        {
            TVec b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width), x;
            x = TSimd.All(*a); c00 = TSimd.Fma(x, b0, c00); c01 = TSimd.Fma(x, b1, c01);
            x = TSimd.All(a[r]); c10 = TSimd.Fma(x, b0, c10); c11 = TSimd.Fma(x, b1, c11);
            x = TSimd.All(a[2 * r]); c20 = TSimd.Fma(x, b0, c20); c21 = TSimd.Fma(x, b1, c21);
            x = TSimd.All(*a3); c30 = TSimd.Fma(x, b0, c30); c31 = TSimd.Fma(x, b1, c31);
            x = TSimd.All(a3[r]); c40 = TSimd.Fma(x, b0, c40); c41 = TSimd.Fma(x, b1, c41);
            x = TSimd.All(a3[2 * r]); c50 = TSimd.Fma(x, b0, c50); c51 = TSimd.Fma(x, b1, c51);
            a++; a3++; b += next;
        }

        Put2(scale, 0, c, c00, c01);
        Put2(scale, 1, c + s.C, c10, c11);
        Put2(scale, 2, c + (2 * s.C), c20, c21);
        Put2(scale, 3, c + (3 * s.C), c30, c31);
        Put2(scale, 4, c + (4 * s.C), c40, c41);
        Put2(scale, 5, c + (5 * s.C), c50, c51);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R4V2(float* a, float* b, float* c, float* scale, in TileStrides s)
    {
        nint r = s.A, next = s.B;
        TVec c00 = default, c01 = default;
        TVec c10 = default, c11 = default;
        TVec c20 = default, c21 = default;
        TVec c30 = default, c31 = default;
        for (nint k = s.Depth; k > 0; k--)
        {
            TVec b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width), x;
            x = TSimd.All(*a); c00 = TSimd.Fma(x, b0, c00); c01 = TSimd.Fma(x, b1, c01);
            x = TSimd.All(a[r]); c10 = TSimd.Fma(x, b0, c10); c11 = TSimd.Fma(x, b1, c11);
            x = TSimd.All(a[2 * r]); c20 = TSimd.Fma(x, b0, c20); c21 = TSimd.Fma(x, b1, c21);
            x = TSimd.All(a[3 * r]); c30 = TSimd.Fma(x, b0, c30); c31 = TSimd.Fma(x, b1, c31);
            a++; b += next;
        }

        Put2(scale, 0, c, c00, c01);
        Put2(scale, 1, c + s.C, c10, c11);
        Put2(scale, 2, c + (2 * s.C), c20, c21);
        Put2(scale, 3, c + (3 * s.C), c30, c31);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R2V2(float* a, float* b, float* c, float* scale, in TileStrides s)
    {
        nint r = s.A, next = s.B;
        TVec c00 = default, c01 = default;
        TVec c10 = default, c11 = default;
        for (nint k = s.Depth; k > 0; k--)
        {
            TVec b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width), x;
            x = TSimd.All(*a); c00 = TSimd.Fma(x, b0, c00); c01 = TSimd.Fma(x, b1, c01);
            x = TSimd.All(a[r]); c10 = TSimd.Fma(x, b0, c10); c11 = TSimd.Fma(x, b1, c11);
            a++; b += next;
        }

        Put2(scale, 0, c, c00, c01);
        Put2(scale, 1, c + s.C, c10, c11);
    }

    /// <summary>c = x, or c · scale + x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put2(float* scale, int row, float* c, TVec x0, TVec x1)
    {
        if (scale is not null)
        {
            TVec s = TSimd.All(scale[row]);
            x0 = TSimd.Fma(TSimd.Load(c), s, x0);
            x1 = TSimd.Fma(TSimd.Load(c + TSimd.Width), s, x1);
        }

        TSimd.Store(x0, c);
        TSimd.Store(x1, c + TSimd.Width);
    }
}
