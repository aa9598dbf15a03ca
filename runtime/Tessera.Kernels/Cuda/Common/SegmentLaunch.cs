using System.Numerics;
using System.Runtime.InteropServices;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda;

/// <summary>
/// The launch of a kernel over segments. Offsets stay on the device and are not looked at before: those that do not rise from 0 to the
/// number of tokens, which the CPU refuses, are cut to it there.
/// </summary>
internal static class SegmentLaunch
{
    /// <summary>Two values of 8 bytes at most for each thread.</summary>
    public const int SharedBytes = 2 * Threads * sizeof(double);

    private const int Threads = 256, WidestBlock = 32;

    /// <summary>Runs over x[T, …] and cu[B + 1].</summary>
    public static unsafe void Run(CudaDevice device, CudaKernel kernel, nint stream, string place, TensorView x, TensorView cu, TensorView output)
    {
        if (output.Count == 0)
        {
            return;
        }

        long columns = Columns(x), segments = cu.Shape[0] - 1;
        int width = (int)Math.Min(BitOperations.RoundUpToPowerOf2((ulong)columns), WidestBlock);
        long units = segments * ((columns + width - 1) / width);
        if (units == 0)
        {
            return;
        }

        Arguments arguments = new() { X = x.Data, Cu = cu.Data, Output = output.Data, Tokens = x.Shape[0], Segments = segments, Columns = columns, Width = width, Threads = Threads };
        using ContextScope scope = device.Enter(place);
        kernel.Launch(stream, (int)Math.Min(units, CudaKernel.MostBlocks), Threads, arguments, place, x);
    }

    /// <summary>What a row holds.</summary>
    public static long Columns(TensorView x)
    {
        long columns = 1;
        foreach (long size in x.Shape[1..])
        {
            columns *= size;
        }

        return columns;
    }

    /// <summary><c>SegmentArgs</c> of segments.cuh.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct Arguments
    {
        public void* X;
        public void* Cu;
        public void* Output;
        public long Tokens;
        public long Segments;
        public long Columns;
        public int Width;
        public int Threads;
    }
}
