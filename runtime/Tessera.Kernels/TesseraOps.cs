using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using Tessera.Kernels.Cpu;
using Tessera.Kernels.Cuda;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels;

/// <summary>Tessera's custom ops for ONNX Runtime's CPU and CUDA providers.</summary>
public static class TesseraOps
{
    /// <summary>The domain of the ops, at version 1.</summary>
    public const string Domain = "ai.tessera";

    private static readonly ImmutableArray<CustomOp> s_ops =
    [
        new PackedAttentionOp(), new SegmentReduceOp(), new SegmentSoftmaxOp(), new SegmentExpandOp(),
        new RouteOp(), new SparseTopKOp(), new GroupedMlpOp(),
    ];

    private static readonly Lazy<OpDomain> s_domain = new(() => new OpDomain(Domain, s_ops));

    private static readonly ConcurrentDictionary<CudaDevice, Lazy<OpDomain>> s_cudaDomains = [];

    /// <summary>Every op with a kernel on the CPU.</summary>
    public static ImmutableArray<KernelDescriptor> All { get; } =
        [.. s_ops.Select(op => new KernelDescriptor(op.Name, op.Types))];

    /// <summary>Makes sessions created with <paramref name="options"/> run these kernels. Call it once per options object.</summary>
    public static void Register(SessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        s_domain.Value.AddTo(options);
    }

    /// <summary>
    /// Makes sessions created with <paramref name="options"/>, to which the CUDA provider is appended, run these kernels on its device; an
    /// op without a CUDA kernel runs on the CPU. Call it once per options object, in place of <see cref="Register(SessionOptions)"/>.
    /// </summary>
    /// <param name="options">Of a session that is to be created.</param>
    /// <param name="cudaDevice">The device's number, from 0.</param>
    /// <exception cref="TesseraKernelException">
    /// TSR1400, TSR1402: no CUDA driver, or one that is too old. TSR1403, TSR1404: no such device, or one of a compute capability below
    /// 8.0. TSR1406: this ONNX Runtime has no CUDA provider.
    /// </exception>
    public static void Register(SessionOptions options, int cudaDevice)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(CudaOps.Provider))
        {
            throw new TesseraKernelException("TSR1406 This ONNX Runtime has no CUDA provider. Reference the package Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime, or open the session on the CPU.");
        }

        CudaDevice device = CudaPlatform.Installed.Device(cudaDevice);
        DomainOn(device).AddTo(options);
    }

    /// <summary>The ops of the CPU and those of a device, of which ONNX Runtime takes a node's by the provider that it gives the node to.</summary>
    internal static OpDomain DomainOn(CudaDevice device) =>
        s_cudaDomains.GetOrAdd(device, static d => new(() => new OpDomain(Domain, [.. s_ops, .. CudaOps.On(d, CudaOps.Provider)]))).Value;
}
