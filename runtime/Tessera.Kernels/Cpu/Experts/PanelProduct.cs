using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>Products with blocks of weights of any format.</summary>
internal static unsafe class PanelProduct<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(in PanelMatrix matrix, in PanelBlock block, int rows, in ExpertScratch scratch, in PanelJob job)
    {
        if (matrix.IsDirect)
        {
            byte* data = matrix.At(block);
            PanelTile<TSimd, TVec>.Multiply(rows, (float*)data, data + ((nint)block.Rows * matrix.Panel * sizeof(float)), job);
            return;
        }

        if (matrix.Data is null)
            MatrixPacker.Read(matrix, block, scratch.Block);
        else
            PanelExpander<TSimd, TVec>.Run(matrix, block, scratch.Scales, scratch.Block);
        PanelTile<TSimd, TVec>.Multiply(rows, scratch.Block, (byte*)scratch.Block, job);
    }
}
