using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Kernels.Cpu;

/// <summary>Matrix transposition: target[j, i] = source[i, j].</summary>
internal static unsafe class Transpose
{
    /// <summary>source is [rows, columns] and target [columns, rows], each with its rows a stride apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* source, nint sourceStride, int rows, int columns, float* target, nint targetStride)
    {
        int fullRows = Avx.IsSupported ? rows & ~7 : 0, fullColumns = Avx.IsSupported ? columns & ~7 : 0;
        for (int i = 0; i < fullRows; i += 8)
        {
            for (int j = 0; j < fullColumns; j += 8)
                Block8(source + (i * sourceStride) + j, sourceStride, target + (j * targetStride) + i, targetStride);
        }

        Edge(source, sourceStride, 0, fullRows, fullColumns, columns, target, targetStride);
        Edge(source, sourceStride, fullRows, rows, 0, columns, target, targetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Edge(
        float* source, nint sourceStride, int row, int rowEnd, int column, int columnEnd, float* target, nint targetStride)
    {
        for (int i = row; i < rowEnd; i++)
        {
            for (int j = column; j < columnEnd; j++)
                target[(j * targetStride) + i] = source[(i * sourceStride) + j];
        }
    }

    /// <summary>Interleaves pairs, then quadruples, then halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block8(float* s, nint ss, float* t, nint ts)
    {
        Vector256<float> a = Avx.LoadVector256(s), b = Avx.LoadVector256(s + ss);
        Vector256<float> c = Avx.LoadVector256(s + (2 * ss)), d = Avx.LoadVector256(s + (3 * ss));
        s += 4 * ss;
        Vector256<float> e = Avx.LoadVector256(s), f = Avx.LoadVector256(s + ss);
        Vector256<float> g = Avx.LoadVector256(s + (2 * ss)), h = Avx.LoadVector256(s + (3 * ss));
        Vector256<float> ab0 = Avx.UnpackLow(a, b), ab1 = Avx.UnpackHigh(a, b);
        Vector256<float> cd0 = Avx.UnpackLow(c, d), cd1 = Avx.UnpackHigh(c, d);
        Vector256<float> ef0 = Avx.UnpackLow(e, f), ef1 = Avx.UnpackHigh(e, f);
        Vector256<float> gh0 = Avx.UnpackLow(g, h), gh1 = Avx.UnpackHigh(g, h);
        const byte Low = 0x44, High = 0xEE;
        StorePair(Avx.Shuffle(ab0, cd0, Low), Avx.Shuffle(ef0, gh0, Low), t, ts);
        StorePair(Avx.Shuffle(ab0, cd0, High), Avx.Shuffle(ef0, gh0, High), t + ts, ts);
        StorePair(Avx.Shuffle(ab1, cd1, Low), Avx.Shuffle(ef1, gh1, Low), t + (2 * ts), ts);
        StorePair(Avx.Shuffle(ab1, cd1, High), Avx.Shuffle(ef1, gh1, High), t + (3 * ts), ts);
    }

    /// <summary>Columns k and k + 4 of the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair(Vector256<float> x, Vector256<float> y, float* t, nint ts)
    {
        Avx.Store(t, Avx.Permute2x128(x, y, 0x20));
        Avx.Store(t + (4 * ts), Avx.Permute2x128(x, y, 0x31));
    }
}
