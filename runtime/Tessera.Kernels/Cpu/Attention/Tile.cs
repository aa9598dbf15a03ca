using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>
/// C[rows, lanes] = (C · scale) + A · B, with A broadcast scalar by scalar and B and C in vectors of lanes. Lanes are
/// queries throughout the kernel, so A is a slice of k or v where it lies: nothing is packed but the queries, and
/// any head size fits without a tail.
/// </summary>
internal static unsafe partial class Tile<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="step">A, the length of the sum, and the lanes (a multiple of the vector's width).</param>
    /// <param name="b">[depth, lanes].</param>
    /// <param name="c">[rows, lanes].</param>
    /// <param name="scale">[lanes], or null to overwrite C without reading it.</param>
    public static void Multiply(int rows, TileStep step, float* b, float* c, float* scale)
    {
        for (int i = 0; i < rows;)
        {
            int take = RowsOfNext(rows - i);
            TileStep t = step.Down(i);
            switch (take)
            {
                case 6: Row6(t, b, c + (i * step.Stride), scale); break;
                case 4: Row4(t, b, c + (i * step.Stride), scale); break;
                default: Row1(t, b, c + (i * step.Stride), scale); break;
            }

            i += take;
        }
    }

    /// <summary>Sixes, and fours where they leave less over.</summary>
    private static int RowsOfNext(int left) => left switch
    {
        8 or 9 => 4,
        >= 6 => 6,
        >= 4 => 4,
        _ => 1,
    };

    private static float* Shift(float* p, int lanes) => p is null ? null : p + lanes;

    private static void Row6(TileStep t, float* b, float* c, float* scale)
    {
        int x = 0, lanes = (int)t.Stride;
        for (; TSimd.TileVectors == 4 && x <= lanes - (4 * TSimd.Width); x += 4 * TSimd.Width)
            R6V4(t, b + x, c + x, Shift(scale, x));
        for (; x <= lanes - (2 * TSimd.Width); x += 2 * TSimd.Width)
            R6V2(t, b + x, c + x, Shift(scale, x));
        for (; x < lanes; x += TSimd.Width)
            R6V1(t, b + x, c + x, Shift(scale, x));
    }

    private static void Row4(TileStep t, float* b, float* c, float* scale)
    {
        int x = 0, lanes = (int)t.Stride;
        for (; TSimd.TileVectors == 4 && x <= lanes - (4 * TSimd.Width); x += 4 * TSimd.Width)
            R4V4(t, b + x, c + x, Shift(scale, x));
        for (; x <= lanes - (2 * TSimd.Width); x += 2 * TSimd.Width)
            R4V2(t, b + x, c + x, Shift(scale, x));
        for (; x < lanes; x += TSimd.Width)
            R4V1(t, b + x, c + x, Shift(scale, x));
    }

    private static void Row1(TileStep t, float* b, float* c, float* scale)
    {
        int x = 0, lanes = (int)t.Stride;
        for (; TSimd.TileVectors == 4 && x <= lanes - (4 * TSimd.Width); x += 4 * TSimd.Width)
            R1V4(t, b + x, c + x, Shift(scale, x));
        for (; x <= lanes - (2 * TSimd.Width); x += 2 * TSimd.Width)
            R1V2(t, b + x, c + x, Shift(scale, x));
        for (; x < lanes; x += TSimd.Width)
            R1V1(t, b + x, c + x, Shift(scale, x));
    }
}
