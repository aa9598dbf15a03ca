using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Attention;
using Tessera.Kernels.Cpu.Simd;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu;

/// <summary>
/// Attention inside each segment of a packed batch: q[T, H, D], k[S, G, D], v[S, G, E], cu_q[B + 1], cu_k[B + 1],
/// optional bias[H, 2R + 1], q_norm[D] and k_norm[D] → [T, H, E]. The meaning is written at the op in Tessera.Ir.
/// </summary>
internal sealed class PackedAttentionOp : CustomOp
{
    public override string Name => "PackedAttention";

    public override ImmutableArray<OpPort> Inputs { get; } =
    [
        new("q"), new("k"), new("v"), new("cu_q", TensorElementType.Int32), new("cu_k", TensorElementType.Int32),
        new("bias", Kind: PortKind.Optional), new("q_norm", Kind: PortKind.Optional), new("k_norm", Kind: PortKind.Optional),
    ];

    public override ImmutableArray<OpPort> Outputs { get; } = [new("output")];

    public override ImmutableArray<TensorElementType> Types { get; } =
        [TensorElementType.Float, TensorElementType.Float16, TensorElementType.BFloat16, TensorElementType.Double];

    public override OpKernel CreateKernel(KernelInfo info) => new Kernel(info.Place, info.Type, AttentionAttributes.Read(info));

    public override void InferShapes(ShapeInference context)
    {
        if (context.Input(0) is { Dims: [var t, var h, _] } q && context.Input(2) is { Dims: [_, _, var e] })
            context.Output(0, q.Type, t, h, e);
    }

    private sealed class Kernel(string place, TensorElementType type, AttentionAttributes attributes) : OpKernel
    {
        public override unsafe void Compute(KernelContext context)
        {
            AttentionProblem problem = AttentionCheck.Problem(
                place, context.Input(0), context.Input(1), context.Input(2), context.Input(3), context.Input(4));
            AttentionCheck.Options(place, context, attributes, ref problem);
            TensorView output = context.Output(0, context.Input(0).Shape[0], problem.Heads, problem.ValueDim);
            problem.Output = output.Data;
            if (output.Count > 0)
                Run(problem, context.Parallel);
        }

        private void Run(AttentionProblem problem, OrtParallel parallel)
        {
            problem.Storage = type switch
            {
                TensorElementType.Float16 => Storage.F16,
                TensorElementType.BFloat16 => Storage.BF16,
                _ => Storage.F32,
            };
            if (type == TensorElementType.Double)
                DoubleAttention.Run(problem, parallel);
            else
                PackedAttentionKernel.Run(problem, InstructionSets.Best, parallel);
        }
    }
}
