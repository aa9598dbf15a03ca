using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using Tessera.Kernels.Cpu;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels;

/// <summary>Tessera's custom ops for ONNX Runtime's CPU provider.</summary>
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

    /// <summary>Every op with a kernel.</summary>
    public static ImmutableArray<KernelDescriptor> All { get; } =
        [.. s_ops.Select(op => new KernelDescriptor(op.Name, op.Types))];

    /// <summary>Makes sessions created with <paramref name="options"/> run these kernels. Call it once per options object.</summary>
    public static void Register(SessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        s_domain.Value.AddTo(options);
    }
}
