using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda;

/// <summary>An op of the CPU's on a device: the same interface, since ONNX Runtime makes one schema of both.</summary>
/// <param name="cpu">The op on the CPU.</param>
/// <param name="device">Where its kernels run.</param>
/// <param name="provider">ONNX Runtime's name of the device's provider.</param>
internal abstract class CudaOp(CustomOp cpu, CudaDevice device, string? provider) : CustomOp
{
    public sealed override string Name => cpu.Name;

    public sealed override string? Provider => provider;

    public sealed override ImmutableArray<OpPort> Inputs => cpu.Inputs;

    public sealed override ImmutableArray<OpPort> Outputs => cpu.Outputs;

    public sealed override ImmutableArray<TensorElementType> Types => cpu.Types;

    protected CudaDevice Device => device;

    public sealed override void InferShapes(ShapeInference context) => cpu.InferShapes(context);
}
