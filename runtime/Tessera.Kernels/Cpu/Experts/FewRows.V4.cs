using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Experts;

/// <content>Panels four vectors wide.</content>
internal static unsafe partial class FewRows<TSimd, TVec>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R2V4<TDecoder, TScaling>(byte* row, nint bytes, scoped in PanelScales<TSimd, TVec> scales, float* a, nint strideA, float* sums)
        where TDecoder : struct, IPanelDecoder<TSimd, TVec>
        where TScaling : struct, IScaling
    {
        TVec c00 = TSimd.Load(sums), c01 = TSimd.Load(sums + TSimd.Width);
        TVec c02 = TSimd.Load(sums + (2 * TSimd.Width)), c03 = TSimd.Load(sums + (3 * TSimd.Width));
        TVec c10 = TSimd.Load(sums + (4 * TSimd.Width)), c11 = TSimd.Load(sums + (5 * TSimd.Width));
        TVec c12 = TSimd.Load(sums + (6 * TSimd.Width)), c13 = TSimd.Load(sums + (7 * TSimd.Width));
        TVec s0 = Part(TScaling.HasScale, scales.Scale, 0), s1 = Part(TScaling.HasScale, scales.Scale, 1);
        TVec s2 = Part(TScaling.HasScale, scales.Scale, 2), s3 = Part(TScaling.HasScale, scales.Scale, 3);
        TVec z0 = Part(TScaling.HasZero, scales.Zero, 0), z1 = Part(TScaling.HasZero, scales.Zero, 1);
        TVec z2 = Part(TScaling.HasZero, scales.Zero, 2), z3 = Part(TScaling.HasZero, scales.Zero, 3);
        for (nint k = scales.Rows; k > 0; k--, a++, row += bytes)
        {
            Ask(row);
            TVec x0 = TSimd.All(*a), x1 = TSimd.All(a[strideA]), w;
            w = Weight<TDecoder, TScaling>(row, 0, s0, z0);
            c00 = TSimd.Fma(x0, w, c00); c10 = TSimd.Fma(x1, w, c10);
            w = Weight<TDecoder, TScaling>(row, 1, s1, z1);
            c01 = TSimd.Fma(x0, w, c01); c11 = TSimd.Fma(x1, w, c11);
            w = Weight<TDecoder, TScaling>(row, 2, s2, z2);
            c02 = TSimd.Fma(x0, w, c02); c12 = TSimd.Fma(x1, w, c12);
            w = Weight<TDecoder, TScaling>(row, 3, s3, z3);
            c03 = TSimd.Fma(x0, w, c03); c13 = TSimd.Fma(x1, w, c13);
        }

        TSimd.Store(c00, sums);
        TSimd.Store(c01, sums + TSimd.Width);
        TSimd.Store(c02, sums + (2 * TSimd.Width));
        TSimd.Store(c03, sums + (3 * TSimd.Width));
        TSimd.Store(c10, sums + (4 * TSimd.Width));
        TSimd.Store(c11, sums + (5 * TSimd.Width));
        TSimd.Store(c12, sums + (6 * TSimd.Width));
        TSimd.Store(c13, sums + (7 * TSimd.Width));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void R1V4<TDecoder, TScaling>(byte* row, nint bytes, scoped in PanelScales<TSimd, TVec> scales, float* a, float* sums)
        where TDecoder : struct, IPanelDecoder<TSimd, TVec>
        where TScaling : struct, IScaling
    {
        TVec c00 = TSimd.Load(sums), c01 = TSimd.Load(sums + TSimd.Width);
        TVec c02 = TSimd.Load(sums + (2 * TSimd.Width)), c03 = TSimd.Load(sums + (3 * TSimd.Width));
        TVec s0 = Part(TScaling.HasScale, scales.Scale, 0), s1 = Part(TScaling.HasScale, scales.Scale, 1);
        TVec s2 = Part(TScaling.HasScale, scales.Scale, 2), s3 = Part(TScaling.HasScale, scales.Scale, 3);
        TVec z0 = Part(TScaling.HasZero, scales.Zero, 0), z1 = Part(TScaling.HasZero, scales.Zero, 1);
        TVec z2 = Part(TScaling.HasZero, scales.Zero, 2), z3 = Part(TScaling.HasZero, scales.Zero, 3);
        for (nint k = scales.Rows; k > 0; k--, a++, row += bytes)
        {
            Ask(row);
            TVec x0 = TSimd.All(*a);
            c00 = TSimd.Fma(x0, Weight<TDecoder, TScaling>(row, 0, s0, z0), c00);
            c01 = TSimd.Fma(x0, Weight<TDecoder, TScaling>(row, 1, s1, z1), c01);
            c02 = TSimd.Fma(x0, Weight<TDecoder, TScaling>(row, 2, s2, z2), c02);
            c03 = TSimd.Fma(x0, Weight<TDecoder, TScaling>(row, 3, s3, z3), c03);
        }

        TSimd.Store(c00, sums);
        TSimd.Store(c01, sums + TSimd.Width);
        TSimd.Store(c02, sums + (2 * TSimd.Width));
        TSimd.Store(c03, sums + (3 * TSimd.Width));
    }
}
