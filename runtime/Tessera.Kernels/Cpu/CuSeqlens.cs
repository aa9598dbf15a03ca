using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu;

/// <summary>Segment boundaries: cu[0] = 0 ≤ cu[1] ≤ … ≤ cu[B] = the number of tokens.</summary>
internal static class CuSeqlens
{
    /// <summary>Refuses boundaries that are no vector, or none at all: what can be told without reading them.</summary>
    public static void CheckShape(TensorView cu, string place, string name)
    {
        if (cu.Rank != 1)
            throw new TesseraKernelException($"TSR1303 {place}: {name} is {cu.ShapeText()}, of rank {cu.Rank}; expected rank 1.");
        if (cu.Shape[0] == 0)
            throw new TesseraKernelException($"TSR1310 {place}: {name} is empty; it holds B + 1 boundaries, so at least one 0.");
    }

    /// <summary>Refuses boundaries that do not cover the tokens, before any kernel follows them.</summary>
    public static void Check(TensorView boundaries, long tokens, string place, string name)
    {
        CheckShape(boundaries, place, name);
        ReadOnlySpan<int> cu = boundaries.Span<int>();
        if (cu[0] != 0)
            throw new TesseraKernelException($"TSR1311 {place}: {name}[0] is {cu[0]}; the first segment starts at 0.");
        for (int b = 1; b < cu.Length; b++)
        {
            if (cu[b] < cu[b - 1])
                throw new TesseraKernelException($"TSR1312 {place}: {name}[{b}] is {cu[b]}, below {name}[{b - 1}], which is {cu[b - 1]}; boundaries never fall.");
        }

        if (cu[^1] != tokens)
            throw new TesseraKernelException($"TSR1313 {place}: {name} ends at {cu[^1]}, but there are {tokens} tokens.");
    }
}
