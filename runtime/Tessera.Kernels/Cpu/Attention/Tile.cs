using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>
/// C[rows, width] = (C · scale) + A · B, with A broadcast scalar by scalar and B and C in vectors. A row of C is summed in
/// the same order whatever rows stand beside it, so which tiles make it up changes no bit.
/// </summary>
internal static unsafe partial class Tile<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    /// <summary>Columns of B that the widest tile takes.</summary>
    public static int Width => TSimd.TileVectors * TSimd.Width;

    /// <param name="rows">Rows of A and C, an even number.</param>
    /// <param name="width">Columns of B and C, a multiple of the vector's width.</param>
    /// <param name="a">[rows, depth].</param>
    /// <param name="b">[depth, width].</param>
    /// <param name="c">[rows, width].</param>
    /// <param name="scale">[rows], or null to overwrite C without reading it.</param>
    /// <param name="strides">Of all three.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(int rows, int width, float* a, float* b, float* c, float* scale, in TileStrides strides)
    {
        int x = 0;
        for (; TSimd.TileVectors == 4 && x <= width - (4 * TSimd.Width); x += 4 * TSimd.Width)
            Down4(rows, a, b + x, c + x, scale, strides);
        for (; x <= width - (2 * TSimd.Width); x += 2 * TSimd.Width)
            Down2(rows, a, b + x, c + x, scale, strides);
        for (; x < width; x += TSimd.Width)
            Down1(rows, a, b + x, c + x, scale, strides);
    }

    /// <summary>Sixes, and fours where they leave nothing over; a two alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int RowsOfNext(int left) => left >= 6 && left != 8 ? 6 : left >= 4 ? 4 : 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* Shift(float* scale, int row) => scale is null ? null : scale + row;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Down4(int rows, float* a, float* b, float* c, float* scale, in TileStrides s)
    {
        for (int i = 0, take; i < rows; i += take, a += take * s.A, c += take * s.C)
        {
            take = RowsOfNext(rows - i);
            if (take == 6)
                R6V4(a, b, c, Shift(scale, i), s);
            else if (take == 4)
                R4V4(a, b, c, Shift(scale, i), s);
            else
                R2V4(a, b, c, Shift(scale, i), s);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Down2(int rows, float* a, float* b, float* c, float* scale, in TileStrides s)
    {
        for (int i = 0, take; i < rows; i += take, a += take * s.A, c += take * s.C)
        {
            take = RowsOfNext(rows - i);
            if (take == 6)
                R6V2(a, b, c, Shift(scale, i), s);
            else if (take == 4)
                R4V2(a, b, c, Shift(scale, i), s);
            else
                R2V2(a, b, c, Shift(scale, i), s);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Down1(int rows, float* a, float* b, float* c, float* scale, in TileStrides s)
    {
        for (int i = 0, take; i < rows; i += take, a += take * s.A, c += take * s.C)
        {
            take = RowsOfNext(rows - i);
            if (take == 6)
                R6V1(a, b, c, Shift(scale, i), s);
            else if (take == 4)
                R4V1(a, b, c, Shift(scale, i), s);
            else
                R2V1(a, b, c, Shift(scale, i), s);
        }
    }
}
