using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cuda.Driver;

namespace Tessera.Kernels.Cuda;

/// <summary>All entries that a call may need, loaded when the node's kernel is made.</summary>
internal sealed class ExpertKernels
{
    public ExpertKernels(CudaDevice device, TensorElementType type, string place)
    {
        CudaModule module = device.Module("grouped_mlp");
        Table = module.Kernel("experts_table", 0, place);
        Order = module.Kernel("experts_order", KeyOrdering.SharedBytes, place);
        Count = module.Kernel("experts_count", KeyOrdering.SharedBytes, place);
        SumCounts = module.Kernel("experts_sum_counts", KeyOrdering.SharedBytes, place);
        Place = module.Kernel("experts_place", KeyOrdering.SharedBytes, place);
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
