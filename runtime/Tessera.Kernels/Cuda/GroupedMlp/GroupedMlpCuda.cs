using Tessera.Kernels.Cpu;
using Tessera.Kernels.Cpu.Experts;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda;

/// <summary>
/// <see cref="GroupedMlpOp"/> on a device: assignments in order of their expert, both products over tiles of their rows, and the sum of each
/// token's choices. How many rows an expert has is the device's to know.
/// </summary>
internal sealed class GroupedMlpCuda(CudaDevice device, string? provider) : CudaOp(new GroupedMlpOp(), device, provider)
{
    public override OpKernel CreateKernel(KernelInfo info)
    {
        (ExpertTail tail, ExpertOptions options) = GroupedMlpOp.Attributes(info);
        ExpertTable? constant = ConstantTail.IsConstant(info, GroupedMlpOp.Leading) ? ExpertTable.Read(tail, new ConstantTail(info, GroupedMlpOp.Leading)) : null;
        return new GroupedMlpCudaKernel(Device, tail, options, info.Type, new(Device, info.Type, tail.Place), new DeviceScratch(info), constant);
    }
}
