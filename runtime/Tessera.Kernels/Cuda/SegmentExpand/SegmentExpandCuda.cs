using System.Numerics;
using Tessera.Kernels.Cpu;
using Tessera.Kernels.Cpu.Segments;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda;

/// <summary><see cref="SegmentExpandOp"/> on a device: bytes are copied, in the largest words that rows consist of.</summary>
internal sealed class SegmentExpandCuda(CudaDevice device, string? provider) : CudaOp(new SegmentExpandOp(), device, provider)
{
    private const int Threads = 256, LargestWord = 16;

    public override OpKernel CreateKernel(KernelInfo info)
    {
        string place = info.Place;
        CudaModule module = Device.Module("segment_expand");
        CudaKernel[] kernels = [.. Enumerable.Range(0, BitOperations.Log2(LargestWord) + 1).Select(log => module.Kernel($"segment_expand_{1 << log}", 0, place))];
        return new Kernel(place, Device, kernels, SegmentTypes.Bytes(info.Type));
    }

    /// <param name="place">The node.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="kernels">By the logarithm of the bytes in a word.</param>
    /// <param name="bytes">Bytes of an element.</param>
    private sealed class Kernel(string place, CudaDevice device, CudaKernel[] kernels, int bytes) : OpKernel
    {
        public override unsafe void Compute(KernelContext context)
        {
            TensorView x = context.Input(0), cu = context.Input(1);
            long tokens = SegmentExpandOp.Tokens(place, x, cu, context.Input(2));
            TensorView output = context.OutputRows(0, tokens, x.Shape[1..]);
            if (output.Count == 0)
            {
                return;
            }

            long row = SegmentLaunch.Columns(x) * bytes;
            int word = BitOperations.TrailingZeroCount((ulong)row | (ulong)x.Data | (ulong)output.Data | LargestWord);
            long columns = row >> word;
            int width = (int)Math.Min(BitOperations.RoundUpToPowerOf2((ulong)columns), Threads);
            SegmentLaunch.Arguments arguments = new()
            {
                X = x.Data,
                Cu = cu.Data,
                Output = output.Data,
                Tokens = tokens,
                Segments = x.Shape[0],
                Columns = columns,
                Width = width,
                Threads = Threads,
            };
            int rows = Threads / width;
            using ContextScope scope = device.Enter(place);
            kernels[word].Launch(context.Stream, (int)Math.Min((tokens + rows - 1) / rows, CudaKernel.MostBlocks), Threads, arguments, place, x);
        }
    }
}
