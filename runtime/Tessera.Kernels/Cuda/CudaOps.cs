using System.Collections.Immutable;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda;

/// <summary>The ops that have kernels for CUDA.</summary>
internal static class CudaOps
{
    /// <summary>ONNX Runtime's name of its CUDA provider.</summary>
    public const string Provider = "CUDAExecutionProvider";

    /// <summary>The ops on a device.</summary>
    /// <param name="device">Where their kernels run.</param>
    /// <param name="provider">The provider that they are registered for; null for the CPU's, whose memory the device must be able to read.</param>
    public static ImmutableArray<CustomOp> On(CudaDevice device, string? provider) =>
    [
        new PackedAttentionCuda(device, provider), new SegmentReduceCuda(device, provider), new SegmentSoftmaxCuda(device, provider), new SegmentExpandCuda(device, provider), new SparseTopKCuda(device, provider),
        new GroupedMlpCuda(device, provider), new RouteCuda(device, provider),
    ];
}
