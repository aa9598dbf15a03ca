using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Experts;
using Tessera.Kernels.Cpu.Segments;
using Tessera.Kernels.Cpu.Simd;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu;

/// <summary>
/// Tokens through their experts: x[T, D], experts[T, K], weights[T, K] and the experts' matrices → [T, D']. The meaning is written
/// at the op in Tessera.Ir.
/// </summary>
internal sealed class GroupedMlpOp : CustomOp
{
    /// <summary>Inputs before the tail.</summary>
    internal const int Leading = 3;

    public override string Name => "GroupedMlp";

    public override ImmutableArray<OpPort> Inputs { get; } =
    [
        new("x"), new("experts", TensorElementType.Int64), new("weights"), new("tail", OpPort.AnyType, PortKind.Variadic),
    ];

    public override ImmutableArray<OpPort> Outputs { get; } = [new("output")];

    public override ImmutableArray<TensorElementType> Types => SegmentTypes.Floats;

    public override OpKernel CreateKernel(KernelInfo info)
    {
        (ExpertTail tail, ExpertOptions options) = Attributes(info);
        return new Kernel(tail, options, info.Type, ConstantTail.IsConstant(info, Leading) ? Packed(tail, info) : null);
    }

    /// <summary>Reads a node's attributes.</summary>
    internal static (ExpertTail Tail, ExpertOptions Options) Attributes(KernelInfo info)
    {
        ExpertTail tail = new()
        {
            Place = info.Place,
            Gating = info.Choice("gate", "none", ("none", Gating.None), ("separate", Gating.Separate), ("interleaved", Gating.Interleaved), ("concatenated", Gating.Concatenated)),
            ExpertCount = checked((int)info.Int("expert_count", 0)),
            Biases = info.Int("biases", 0) != 0,
            Scaled = info.Int("scaled", 0) != 0,
            ZeroPoints = info.Int("zero_points", 0) != 0,
            BlockSize = checked((int)info.Int("block_size", 0)),
            IsDouble = info.Type == TensorElementType.Double,
        };
        Activation activation = info.Choice(
            "activation", "", ("relu", Activation.Relu), ("gelu", Activation.Gelu), ("gelu_tanh", Activation.GeluTanh), ("silu", Activation.Silu), ("identity", Activation.Identity));
        bool onInput = info.Choice("weight_on", "output", ("output", false), ("input", true));
        return (tail, new(activation, tail.Gating, onInput, info.Float("alpha", 1), info.Float("beta", 0), info.Float("limit", 0)));
    }

    public override void InferShapes(ShapeInference context)
    {
        if (context.Input(0) is { Dims: [var t, _] } x)
            context.Output(0, x.Type, t, PartialDim.Unknown);
    }

    private static unsafe PackedExperts Packed(ExpertTail tail, KernelInfo info)
    {
        PackedExperts experts = new(tail.ExpertCount);
        try
        {
            (experts.Width, experts.OutputWidth) = tail.Read(new ConstantTail(info, Leading), GroupedMlpKernel.PanelWidth(InstructionSets.Best), experts.Experts);
            if (info.Type != TensorElementType.Double)
                experts.Pack(tail.ExpertCount);
            return experts;
        }
        catch
        {
            experts.Free();
            throw;
        }
    }

    private sealed unsafe class Kernel(ExpertTail tail, ExpertOptions options, TensorElementType type, PackedExperts? packed) : OpKernel
    {
        public override void Compute(KernelContext context)
        {
            TensorView x = context.Input(0), experts = context.Input(1), weights = context.Input(2);
            (int width, int outputWidth) = packed is null ? default : (packed.Width, packed.OutputWidth);
            ExpertWeights* table = packed is null ? null : packed.Experts;
            if (packed is null)
            {
                table = (ExpertWeights*)ThreadScratch.RentForCall(2, (tail.ExpertCount + 1L) * sizeof(ExpertWeights) / sizeof(float));
                (width, outputWidth) = tail.Read(new CallTail(context, Leading), GroupedMlpKernel.PanelWidth(InstructionSets.Best), table);
            }

            ExpertCheck.Shapes(tail.Place, x, experts, weights, width, tail.ExpertCount);
            TensorView output = context.Output(0, x.Shape[0], tail.ExpertCount == 0 ? x.Shape[1] : outputWidth);
            ExpertProblem problem = new()
            {
                Storage = SegmentTypes.StorageOf(type),
                X = x.Data,
                Ids = (long*)experts.Data,
                Weights = weights.Data,
                Output = output.Data,
                Tokens = checked((int)x.Shape[0]),
                Choices = checked((int)experts.Shape[1]),
                Width = checked((int)x.Shape[1]),
                OutputWidth = checked((int)output.Shape[1]),
                ExpertCount = tail.ExpertCount,
                Experts = table,
                Options = options,
            };
            if (type == TensorElementType.Double)
                DoubleExperts.Run(problem, context.Parallel);
            else
                GroupedMlpKernel.Run(problem, InstructionSets.Best, Environment.ProcessorCount, context.Parallel);
        }

        public override void Release() => packed?.Free();
    }
}
