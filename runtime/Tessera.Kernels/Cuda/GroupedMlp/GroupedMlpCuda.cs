using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;
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

/// <summary>All entries that a call may need, loaded when the node's kernel is made.</summary>
internal sealed class ExpertKernels
{
    /// <summary>Positions that a block orders, and its threads and shared memory: those of expert_order.cuh.</summary>
    public const int Positions = 1024, OrderThreads = 256;

    public const int OrderBytes = (Positions + (4 * OrderThreads)) * sizeof(int);

    public ExpertKernels(CudaDevice device, TensorElementType type, string place)
    {
        CudaModule module = device.Module("grouped_mlp");
        Table = module.Kernel("experts_table", 0, place);
        Order = module.Kernel("experts_order", OrderBytes, place);
        Count = module.Kernel("experts_count", OrderBytes, place);
        SumCounts = module.Kernel("experts_sum_counts", OrderBytes, place);
        Place = module.Kernel("experts_place", OrderBytes, place);
        Sum = module.Kernel($"experts_sum_{CudaTypes.NameOf(type)}", 0, place);
        Products = [.. ExpertVariant.Of(type).Select(v => (v, v.Up(device, place), v.Down(device, place)))];
    }

    public CudaKernel Table { get; }

    public CudaKernel Order { get; }

    public CudaKernel Count { get; }

    public CudaKernel SumCounts { get; }

    public CudaKernel Place { get; }

    public CudaKernel Sum { get; }

    public ImmutableArray<(ExpertVariant Variant, CudaKernel Up, CudaKernel Down)> Products { get; }
}
