using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>Products with blocks of weights of any format.</summary>
internal static unsafe class PanelProduct<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    /// <param name="matrix">Weights, packed or not.</param>
    /// <param name="block">A block of them.</param>
    /// <param name="rows">Rows of A and C. Where they are odd, there is room for one more, whose result means nothing.</param>
    /// <param name="scratch">The thread's own.</param>
    /// <param name="job">A, C and their strides.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(in PanelMatrix matrix, in PanelBlock block, int rows, in ExpertScratch scratch, in PanelJob job)
    {
        int even = (rows + 1) & ~1;
        if (matrix.IsDirect)
        {
            byte* data = matrix.At(block);
            PanelTile<TSimd, TVec>.Multiply(even, (float*)data, data + ((nint)block.Rows * matrix.Panel * sizeof(float)), job);
        }
        else if (matrix.Data is not null && rows <= FewRows<TSimd, TVec>.Most)
        {
            FewRows<TSimd, TVec>.Multiply(matrix, block, rows, scratch.Scales, job);
        }
        else
        {
            if (matrix.Data is null)
                MatrixPacker.Read(matrix, block, scratch.Block);
            else
                PanelExpander<TSimd, TVec>.Run(matrix, block, scratch.Scales, scratch.Block);
            PanelTile<TSimd, TVec>.Multiply(even, scratch.Block, (byte*)scratch.Block, job);
        }
    }
}
