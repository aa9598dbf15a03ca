using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>
/// C[rows, panel] = A · B or C + A · B, for a panel of packed weights. A row of C is summed in the same order whatever rows stand
/// beside it. While it computes, it asks for the weights that come next.
/// </summary>
internal static unsafe partial class PanelTile<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    /// <summary>How far ahead of itself a product of two rows, which waits for memory only, asks for weights.</summary>
    private const int AheadBytes = 6144;

    private const int Line = 64;

    /// <summary>Columns of a panel.</summary>
    public static int Width
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TSimd.TileVectors * TSimd.Width;
    }

    /// <param name="rows">Rows of A and C, an even number.</param>
    /// <param name="b">[depth, panel].</param>
    /// <param name="ahead">What comes after B, as long as B is: fetched meanwhile.</param>
    /// <param name="job">A, C and their strides.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(int rows, float* b, byte* ahead, in PanelJob job)
    {
        int tiles = (rows + 5) / 6;

        // One tile reads as fast as memory gives. The hardware guesses well what is next; to ask for a part of it is in its way.
        ahead = tiles > 1 ? ahead : (byte*)b;
        nint step = Math.Max(1, Width * sizeof(float) / tiles), stride = step * job.Depth;
        float* a = job.A, c = job.C;
        for (int i = 0, take; i < rows; i += take, a += take * job.StrideA, c += take * job.StrideC, ahead += stride)
        {
            take = RowsOfNext(rows - i);
            if (TSimd.TileVectors == 4)
                Down4(take, a, b, c, ahead, step, job);
            else
                Down2(take, a, b, c, ahead, step, job);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Down4(int take, float* a, float* b, float* c, byte* ahead, nint step, in PanelJob job)
    {
        // Where few tiles share a block, one of them steps over lines: it asks for the one between as well.
        nint second = step > Line ? step / 2 : 0;
        if (take == 6)
            R6V4(a, b, c, ahead, step, second, job);
        else if (take == 4)
            R4V4(a, b, c, ahead, step, second, job);
        else
            R2V4(a, b, c, job);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Down2(int take, float* a, float* b, float* c, byte* ahead, nint step, in PanelJob job)
    {
        if (take == 6)
            R6V2(a, b, c, ahead, step, job);
        else if (take == 4)
            R4V2(a, b, c, ahead, step, job);
        else
            R2V2(a, b, c, job);
    }

    /// <summary>Sixes, and fours where they leave nothing over; a two alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int RowsOfNext(int left) => left >= 6 && left != 8 ? 6 : left >= 4 ? 4 : 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ask(void* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(bool add, float* c, TVec x) => TSimd.Store(add ? TSimd.Add(TSimd.Load(c), x) : x, c);
}

/// <summary>The left matrix and the result of a product with a panel.</summary>
internal readonly unsafe struct PanelJob
{
    /// <summary>[rows, depth].</summary>
    public float* A { get; init; }

    public nint StrideA { get; init; }

    /// <summary>[rows, panel].</summary>
    public float* C { get; init; }

    public nint StrideC { get; init; }

    public nint Depth { get; init; }

    /// <summary>Whether C holds something to add to.</summary>
    public bool Add { get; init; }

    /// <summary>The same for another panel.</summary>
    public PanelJob At(int column) => this with { C = C + column };
}
