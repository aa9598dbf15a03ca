using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>A packed block as f32: w = (q − zero) · scale of codes, with the difference exact and the product rounded.</summary>
internal static unsafe class PanelExpander<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    /// <param name="matrix">A packed matrix.</param>
    /// <param name="block">A block of it.</param>
    /// <param name="scales">Room for two panels.</param>
    /// <param name="target">[rows, panel].</param>
    public static void Run(in PanelMatrix matrix, in PanelBlock block, float* scales, float* target)
    {
        switch (matrix.Source.Format)
        {
            case WeightFormat.F16 when !matrix.HasSpecial: Rows<FiniteF16Decoder<TSimd, TVec>>(matrix, block, scales, target); break;
            case WeightFormat.F16: Rows<F16Decoder<TSimd, TVec>>(matrix, block, scales, target); break;
            case WeightFormat.BF16: Rows<BF16Decoder<TSimd, TVec>>(matrix, block, scales, target); break;
            case WeightFormat.Int8 or WeightFormat.UInt8: Rows<Int8Decoder<TSimd, TVec>>(matrix, block, scales, target); break;
            default: Rows<Int4Decoder<TSimd, TVec>>(matrix, block, scales, target); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows<TDecoder>(in PanelMatrix matrix, in PanelBlock block, float* buffer, float* target)
        where TDecoder : struct, IPanelDecoder<TSimd, TVec>
    {
        byte* row = matrix.At(block);
        nint bytes = (nint)matrix.Panel * TDecoder.Bits / 8;
        PanelScales<TSimd, TVec> scales = new(matrix, block, buffer);
        while (scales.MoveNext())
        {
            if (scales.Scale is null)
                Plain<TDecoder>(row, bytes, scales.Rows, target);
            else
                Scaled<TDecoder>(row, bytes, scales, target);
            row += scales.Rows * bytes;
            target += (nint)scales.Rows * matrix.Panel;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Plain<TDecoder>(byte* row, nint bytes, int rows, float* target)
        where TDecoder : struct, IPanelDecoder<TSimd, TVec>
    {
        for (int k = 0; k < rows; k++, row += bytes)
        {
            for (int v = 0; v < TSimd.TileVectors; v++, target += TSimd.Width)
                TSimd.Store(TDecoder.Load(row, v), target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scaled<TDecoder>(byte* first, nint bytes, scoped in PanelScales<TSimd, TVec> scales, float* target)
        where TDecoder : struct, IPanelDecoder<TSimd, TVec>
    {
        for (int v = 0; v < TSimd.TileVectors; v++)
        {
            TVec scale = TSimd.Load(scales.Scale + (v * TSimd.Width)), zero = scales.Zero is null ? default : TSimd.Load(scales.Zero + (v * TSimd.Width));
            byte* row = first;
            float* to = target + (v * TSimd.Width);
            for (nint k = scales.Rows, width = TSimd.TileVectors * TSimd.Width; k > 0; k--, row += bytes, to += width)
                TSimd.Store(TSimd.Mul(TSimd.Sub(TDecoder.Load(row, v), zero), scale), to);
        }
    }
}
