using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>Checks what a call of a mixture is given, so that nothing after it can read or write out of bounds.</summary>
internal static class ExpertCheck
{
    public static void Shapes(string place, TensorView x, TensorView experts, TensorView weights, int width, int expertCount)
    {
        Rank(place, "x", x);
        Rank(place, "experts", experts);
        Rank(place, "weights", weights);
        Equal(place, "x's and experts' tokens", x.Shape[0], experts.Shape[0]);
        Equal(place, "experts' and weights' tokens", experts.Shape[0], weights.Shape[0]);
        Equal(place, "experts' and weights' choices", experts.Shape[1], weights.Shape[1]);
        if (expertCount > 0)
            Equal(place, "x's columns and w1's rows", x.Shape[1], width);
    }

    private static void Rank(string place, string name, TensorView tensor)
    {
        if (tensor.Rank != 2)
            throw new TesseraKernelException($"TSR1303 {place}: {name} is {tensor.ShapeText()}, of rank {tensor.Rank}; expected rank 2.");
    }

    private static void Equal(string place, string what, long a, long b)
    {
        if (a != b)
            throw new TesseraKernelException($"TSR1304 {place}: {what} differ: {a} ≠ {b}.");
    }
}
