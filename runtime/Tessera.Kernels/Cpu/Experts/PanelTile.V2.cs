using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Experts;

/// <content>Register tiles two vectors wide: the widest that 16 registers hold with six rows.</content>
internal static unsafe partial class PanelTile<TSimd, TVec>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R6V2(float* a, float* b, float* c, byte* ahead, nint step, in PanelJob job)
    {
        nint r = job.StrideA;
        float* a3 = a + (3 * r);
        TVec c00 = default, c01 = default;
        TVec c10 = default, c11 = default;
        TVec c20 = default, c21 = default;
        TVec c30 = default, c31 = default;
        TVec c40 = default, c41 = default;
        TVec c50 = default, c51 = default;
        for (nint k = job.Depth; k > 0; k--)
        {
            TVec b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width), x;
            Ask(ahead);
            x = TSimd.All(*a); c00 = TSimd.Fma(x, b0, c00); c01 = TSimd.Fma(x, b1, c01);
            x = TSimd.All(a[r]); c10 = TSimd.Fma(x, b0, c10); c11 = TSimd.Fma(x, b1, c11);
            x = TSimd.All(a[2 * r]); c20 = TSimd.Fma(x, b0, c20); c21 = TSimd.Fma(x, b1, c21);
            x = TSimd.All(*a3); c30 = TSimd.Fma(x, b0, c30); c31 = TSimd.Fma(x, b1, c31);
            x = TSimd.All(a3[r]); c40 = TSimd.Fma(x, b0, c40); c41 = TSimd.Fma(x, b1, c41);
            x = TSimd.All(a3[2 * r]); c50 = TSimd.Fma(x, b0, c50); c51 = TSimd.Fma(x, b1, c51);
            a++; a3++; b += 2 * TSimd.Width; ahead += step;
        }

        Put2(job.Add, c, c00, c01);
        Put2(job.Add, c + job.StrideC, c10, c11);
        Put2(job.Add, c + (2 * job.StrideC), c20, c21);
        Put2(job.Add, c + (3 * job.StrideC), c30, c31);
        Put2(job.Add, c + (4 * job.StrideC), c40, c41);
        Put2(job.Add, c + (5 * job.StrideC), c50, c51);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R4V2(float* a, float* b, float* c, byte* ahead, nint step, in PanelJob job)
    {
        nint r = job.StrideA;
        TVec c00 = default, c01 = default;
        TVec c10 = default, c11 = default;
        TVec c20 = default, c21 = default;
        TVec c30 = default, c31 = default;
        for (nint k = job.Depth; k > 0; k--)
        {
            TVec b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width), x;
            Ask(ahead);
            x = TSimd.All(*a); c00 = TSimd.Fma(x, b0, c00); c01 = TSimd.Fma(x, b1, c01);
            x = TSimd.All(a[r]); c10 = TSimd.Fma(x, b0, c10); c11 = TSimd.Fma(x, b1, c11);
            x = TSimd.All(a[2 * r]); c20 = TSimd.Fma(x, b0, c20); c21 = TSimd.Fma(x, b1, c21);
            x = TSimd.All(a[3 * r]); c30 = TSimd.Fma(x, b0, c30); c31 = TSimd.Fma(x, b1, c31);
            a++; b += 2 * TSimd.Width; ahead += step;
        }

        Put2(job.Add, c, c00, c01);
        Put2(job.Add, c + job.StrideC, c10, c11);
        Put2(job.Add, c + (2 * job.StrideC), c20, c21);
        Put2(job.Add, c + (3 * job.StrideC), c30, c31);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R2V2(float* a, float* b, float* c, in PanelJob job)
    {
        nint r = job.StrideA;
        TVec c00 = default, c01 = default;
        TVec c10 = default, c11 = default;
        for (nint k = job.Depth; k > 0; k--)
        {
            TVec b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width), x;
            Ask((byte*)b + AheadBytes);
            x = TSimd.All(*a); c00 = TSimd.Fma(x, b0, c00); c01 = TSimd.Fma(x, b1, c01);
            x = TSimd.All(a[r]); c10 = TSimd.Fma(x, b0, c10); c11 = TSimd.Fma(x, b1, c11);
            a++; b += 2 * TSimd.Width;
        }

        Put2(job.Add, c, c00, c01);
        Put2(job.Add, c + job.StrideC, c10, c11);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put2(bool add, float* c, TVec x0, TVec x1)
    {
        Put(add, c, x0);
        Put(add, c + TSimd.Width, x1);
    }
}
