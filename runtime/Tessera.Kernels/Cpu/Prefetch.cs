using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Kernels.Cpu;

/// <summary>
/// Asks for rows before they are needed. Rows of one head lie far apart, so that the hardware does not guess the next; where
/// segments are short, waiting for them is most of what attention costs.
/// </summary>
internal static unsafe class Prefetch
{
    private const int Line = 64;

    /// <param name="first">The first row.</param>
    /// <param name="stride">From one row to the next, in bytes.</param>
    /// <param name="rows">How many.</param>
    /// <param name="bytes">In a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(void* first, long stride, int rows, int bytes)
    {
        if (!Sse.IsSupported)
            return;
        byte* row = (byte*)first;
        for (int i = 0; i < rows; i++, row += stride)
        {
            for (int b = 0; b < bytes; b += Line)
                Sse.Prefetch0(row + b);
        }
    }
}
