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

    public override OpKernel CreateKernel(KernelInfo info) => new Kernel
    {
        Place = info.Place,
        Type = info.Type,
        Scale = info.Float("scale", 0),
        Causal = info.Int("causal", 0) != 0,
        WindowLeft = info.Int("window_left", -1),
        WindowRight = info.Int("window_right", -1),
        Softcap = info.Float("softcap", 0),
        NormEpsilon = info.Float("norm_epsilon", 1e-6f),
    };

    public override void InferShapes(ShapeInference context)
    {
        if (context.Input(0) is { Dims: [var t, var h, _] } q && context.Input(2) is { Dims: [_, _, var e] })
            context.Output(0, q.Type, t, h, e);
    }

    private sealed class Kernel : OpKernel
    {
        public required string Place { get; init; }

        public required TensorElementType Type { get; init; }

        public required float Scale { get; init; }

        public required bool Causal { get; init; }

        public required long WindowLeft { get; init; }

        public required long WindowRight { get; init; }

        public required float Softcap { get; init; }

        public required float NormEpsilon { get; init; }

        public override unsafe void Compute(KernelContext context)
        {
            AttentionProblem problem = AttentionCheck.Problem(
                Place, context.Input(0), context.Input(1), context.Input(2), context.Input(3), context.Input(4));
            if (context.TryInput(5, out TensorView bias))
                AttentionCheck.Bias(Place, bias, ref problem);
            if (context.TryInput(6, out TensorView qNorm))
                problem.QNorm = AttentionCheck.Norm(Place, "q_norm", qNorm, problem);
            if (context.TryInput(7, out TensorView kNorm))
                problem.KNorm = AttentionCheck.Norm(Place, "k_norm", kNorm, problem);
            problem.Options = AttentionOptions.Create(
                Scale, Causal, WindowLeft, WindowRight, Softcap, NormEpsilon, problem.HeadDim);
            TensorView output = context.Output(0, context.Input(0).Shape[0], problem.Heads, problem.ValueDim);
            problem.Output = output.Data;
            if (output.Count > 0)
                Run(problem, context.Parallel);
        }

        private void Run(AttentionProblem problem, OrtParallel parallel)
        {
            problem.Storage = Type switch
            {
                TensorElementType.Float16 => Storage.F16,
                TensorElementType.BFloat16 => Storage.BF16,
                _ => Storage.F32,
            };
            if (Type == TensorElementType.Double)
                DoubleAttention.Run(problem, parallel);
            else
                PackedAttentionKernel.Run(problem, InstructionSets.Best, parallel);
        }
    }
}
