using System.Runtime.InteropServices;
using Tessera.Kernels.Cpu;
using Tessera.Kernels.Cpu.Routing;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda;

/// <summary><see cref="SparseTopKOp"/> on a device: a block a row.</summary>
internal sealed class SparseTopKCuda(CudaDevice device, string? provider) : CudaOp(new SparseTopKOp(), device, provider)
{
    private const int Threads = 256;

    /// <summary>Five numbers of each thread.</summary>
    private const int SharedBytes = 5 * Threads * sizeof(double);

    public override OpKernel CreateKernel(KernelInfo info) => new Kernel(
        info.Place, Device, Device.Module("sparse_top_k").Kernel($"sparse_top_k_{CudaTypes.NameOf(info.Type)}", SharedBytes, info.Place), RouteAttributes.Sparse(info));

    /// <summary><c>SparseTopKArgs</c> of sparse_top_k.cuh.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Arguments
    {
        public void* X;
        public void* Y;
        public long Rows;
        public long Columns;
        public long K;
        public double Lambda;
        public double Exponent;
        public int Magnitude;
        public int Threads;
    }

    private sealed class Kernel(string place, CudaDevice device, CudaKernel kernel, SparseTopKOptions options) : OpKernel
    {
        public override unsafe void Compute(KernelContext context)
        {
            TensorView x = context.Input(0);
            SparseTopKOp.HasAxis(place, x);
            void* output = context.Output(0, x.Shape).Data;
            if (x.Count == 0)
            {
                return;
            }

            long columns = x.Shape[^1], rows = x.Count / columns;
            Arguments arguments = new()
            {
                X = x.Data,
                Y = output,
                Rows = rows,
                Columns = columns,
                K = options.K,
                Lambda = options.Lambda,
                Exponent = options.Exponent,
                Magnitude = options.Magnitude ? 1 : 0,
                Threads = Threads,
            };
            using ContextScope scope = device.Enter(place);
            kernel.Launch(context.Stream, (int)Math.Min(rows, CudaKernel.MostBlocks), Threads, arguments, place, x);
        }
    }
}
