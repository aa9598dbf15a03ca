using Tessera.Kernels.Cpu;
using Tessera.Kernels.Cpu.Segments;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda;

/// <summary><see cref="SegmentReduceOp"/> on a device.</summary>
internal sealed class SegmentReduceCuda(CudaDevice device, string? provider) : CudaOp(new SegmentReduceOp(), device, provider)
{
    public override OpKernel CreateKernel(KernelInfo info)
    {
        string kind = SegmentReduceOp.ReductionOf(info) switch
        {
            SegmentReduction.Sum => "sum",
            SegmentReduction.Mean => "mean",
            SegmentReduction.Max => "max",
            _ => "logsumexp",
        };
        string name = $"segment_reduce_{kind}_{CudaTypes.NameOf(info.Type)}";
        return new Kernel(info.Place, Device, Device.Module("segment_reduce").Kernel(name, SegmentLaunch.SharedBytes, info.Place));
    }

    private sealed class Kernel(string place, CudaDevice device, CudaKernel kernel) : OpKernel
    {
        public override void Compute(KernelContext context)
        {
            TensorView x = context.Input(0), cu = context.Input(1);
            SegmentProblem.HasLeadingAxis(place, x);
            CuSeqlens.CheckShape(cu, place, "cu_seqlens");
            TensorView output = context.OutputRows(0, cu.Shape[0] - 1, x.Shape[1..]);
            SegmentLaunch.Run(device, kernel, context.Stream, place, x, cu, output);
        }
    }
}
