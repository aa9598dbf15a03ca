using Tessera.Kernels.Cpu;
using Tessera.Kernels.Cpu.Segments;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda;

/// <summary><see cref="SegmentSoftmaxOp"/> on a device.</summary>
internal sealed class SegmentSoftmaxCuda(CudaDevice device, string? provider) : CudaOp(new SegmentSoftmaxOp(), device, provider)
{
    public override OpKernel CreateKernel(KernelInfo info) => new Kernel(
        info.Place, Device, Device.Module("segment_softmax").Kernel($"segment_softmax_{CudaTypes.NameOf(info.Type)}", SegmentLaunch.SharedBytes, info.Place));

    private sealed class Kernel(string place, CudaDevice device, CudaKernel kernel) : OpKernel
    {
        public override void Compute(KernelContext context)
        {
            TensorView x = context.Input(0), cu = context.Input(1);
            SegmentProblem.HasLeadingAxis(place, x);
            CuSeqlens.CheckShape(cu, place, "cu_seqlens");
            SegmentLaunch.Run(device, kernel, context.Stream, place, x, cu, context.Output(0, x.Shape));
        }
    }
}
