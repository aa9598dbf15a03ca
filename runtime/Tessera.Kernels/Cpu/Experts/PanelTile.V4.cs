using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Experts;

/// <content>Register tiles four vectors wide: for instruction sets with 32 registers.</content>
internal static unsafe partial class PanelTile<TSimd, TVec>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R6V4(float* a, float* b, float* c, byte* ahead, nint step, nint second, in PanelJob job)
    {
        nint r = job.StrideA;
        float* a3 = a + (3 * r);
        TVec c00 = default, c01 = default, c02 = default, c03 = default;
        TVec c10 = default, c11 = default, c12 = default, c13 = default;
        TVec c20 = default, c21 = default, c22 = default, c23 = default;
        TVec c30 = default, c31 = default, c32 = default, c33 = default;
        TVec c40 = default, c41 = default, c42 = default, c43 = default;
        TVec c50 = default, c51 = default, c52 = default, c53 = default;
        for (nint k = job.Depth; k > 0; k--)
        {
            TVec b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width), b2 = TSimd.Load(b + (2 * TSimd.Width)), b3 = TSimd.Load(b + (3 * TSimd.Width)), x;
            Ask(ahead);
            Ask(ahead + second);
            x = TSimd.All(*a); c00 = TSimd.Fma(x, b0, c00); c01 = TSimd.Fma(x, b1, c01); c02 = TSimd.Fma(x, b2, c02); c03 = TSimd.Fma(x, b3, c03);
            x = TSimd.All(a[r]); c10 = TSimd.Fma(x, b0, c10); c11 = TSimd.Fma(x, b1, c11); c12 = TSimd.Fma(x, b2, c12); c13 = TSimd.Fma(x, b3, c13);
            x = TSimd.All(a[2 * r]); c20 = TSimd.Fma(x, b0, c20); c21 = TSimd.Fma(x, b1, c21); c22 = TSimd.Fma(x, b2, c22); c23 = TSimd.Fma(x, b3, c23);
            x = TSimd.All(*a3); c30 = TSimd.Fma(x, b0, c30); c31 = TSimd.Fma(x, b1, c31); c32 = TSimd.Fma(x, b2, c32); c33 = TSimd.Fma(x, b3, c33);
            x = TSimd.All(a3[r]); c40 = TSimd.Fma(x, b0, c40); c41 = TSimd.Fma(x, b1, c41); c42 = TSimd.Fma(x, b2, c42); c43 = TSimd.Fma(x, b3, c43);
            x = TSimd.All(a3[2 * r]); c50 = TSimd.Fma(x, b0, c50); c51 = TSimd.Fma(x, b1, c51); c52 = TSimd.Fma(x, b2, c52); c53 = TSimd.Fma(x, b3, c53);
            a++; a3++; b += 4 * TSimd.Width; ahead += step;
        }

        Put4(job.Add, c, c00, c01, c02, c03);
        Put4(job.Add, c + job.StrideC, c10, c11, c12, c13);
        Put4(job.Add, c + (2 * job.StrideC), c20, c21, c22, c23);
        Put4(job.Add, c + (3 * job.StrideC), c30, c31, c32, c33);
        Put4(job.Add, c + (4 * job.StrideC), c40, c41, c42, c43);
        Put4(job.Add, c + (5 * job.StrideC), c50, c51, c52, c53);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R4V4(float* a, float* b, float* c, byte* ahead, nint step, nint second, in PanelJob job)
    {
        nint r = job.StrideA;
        TVec c00 = default, c01 = default, c02 = default, c03 = default;
        TVec c10 = default, c11 = default, c12 = default, c13 = default;
        TVec c20 = default, c21 = default, c22 = default, c23 = default;
        TVec c30 = default, c31 = default, c32 = default, c33 = default;
        for (nint k = job.Depth; k > 0; k--)
        {
            TVec b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width), b2 = TSimd.Load(b + (2 * TSimd.Width)), b3 = TSimd.Load(b + (3 * TSimd.Width)), x;
            Ask(ahead);
            Ask(ahead + second);
            x = TSimd.All(*a); c00 = TSimd.Fma(x, b0, c00); c01 = TSimd.Fma(x, b1, c01); c02 = TSimd.Fma(x, b2, c02); c03 = TSimd.Fma(x, b3, c03);
            x = TSimd.All(a[r]); c10 = TSimd.Fma(x, b0, c10); c11 = TSimd.Fma(x, b1, c11); c12 = TSimd.Fma(x, b2, c12); c13 = TSimd.Fma(x, b3, c13);
            x = TSimd.All(a[2 * r]); c20 = TSimd.Fma(x, b0, c20); c21 = TSimd.Fma(x, b1, c21); c22 = TSimd.Fma(x, b2, c22); c23 = TSimd.Fma(x, b3, c23);
            x = TSimd.All(a[3 * r]); c30 = TSimd.Fma(x, b0, c30); c31 = TSimd.Fma(x, b1, c31); c32 = TSimd.Fma(x, b2, c32); c33 = TSimd.Fma(x, b3, c33);
            a++; b += 4 * TSimd.Width; ahead += step;
        }

        Put4(job.Add, c, c00, c01, c02, c03);
        Put4(job.Add, c + job.StrideC, c10, c11, c12, c13);
        Put4(job.Add, c + (2 * job.StrideC), c20, c21, c22, c23);
        Put4(job.Add, c + (3 * job.StrideC), c30, c31, c32, c33);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R2V4(float* a, float* b, float* c, in PanelJob job)
    {
        nint r = job.StrideA;
        TVec c00 = default, c01 = default, c02 = default, c03 = default;
        TVec c10 = default, c11 = default, c12 = default, c13 = default;
        for (nint k = job.Depth; k > 0; k--)
        {
            TVec b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width), b2 = TSimd.Load(b + (2 * TSimd.Width)), b3 = TSimd.Load(b + (3 * TSimd.Width)), x;
            Ask((byte*)b + AheadBytes);
            Ask((byte*)(b + (1 * TSimd.Width)) + AheadBytes);
            Ask((byte*)(b + (2 * TSimd.Width)) + AheadBytes);
            Ask((byte*)(b + (3 * TSimd.Width)) + AheadBytes);
            x = TSimd.All(*a); c00 = TSimd.Fma(x, b0, c00); c01 = TSimd.Fma(x, b1, c01); c02 = TSimd.Fma(x, b2, c02); c03 = TSimd.Fma(x, b3, c03);
            x = TSimd.All(a[r]); c10 = TSimd.Fma(x, b0, c10); c11 = TSimd.Fma(x, b1, c11); c12 = TSimd.Fma(x, b2, c12); c13 = TSimd.Fma(x, b3, c13);
            a++; b += 4 * TSimd.Width;
        }

        Put4(job.Add, c, c00, c01, c02, c03);
        Put4(job.Add, c + job.StrideC, c10, c11, c12, c13);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put4(bool add, float* c, TVec x0, TVec x1, TVec x2, TVec x3)
    {
        Put(add, c, x0);
        Put(add, c + TSimd.Width, x1);
        Put(add, c + (2 * TSimd.Width), x2);
        Put(add, c + (3 * TSimd.Width), x3);
    }
}
