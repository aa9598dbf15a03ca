using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Segments;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu;

/// <summary>
/// x[T, …], cu_seqlens[B + 1] → [B, …] by <c>kind</c>: sum, mean, max or logsumexp, which give 0, 0, −∞ and −∞ for an
/// empty segment. Integers know sum and max.
/// </summary>
internal sealed class SegmentReduceOp : CustomOp
{
    public override string Name => "SegmentReduce";

    public override ImmutableArray<OpPort> Inputs { get; } = [new("x"), new("cu_seqlens", TensorElementType.Int32)];

    public override ImmutableArray<OpPort> Outputs { get; } = [new("output")];

    public override ImmutableArray<TensorElementType> Types => SegmentTypes.Numbers;

    public override OpKernel CreateKernel(KernelInfo info) => new Kernel(info.Place, info.Type, ReductionOf(info));

    /// <summary>What a node asks for, where that is defined for its element type.</summary>
    public static SegmentReduction ReductionOf(KernelInfo info)
    {
        string kind = info.String("kind", "");
        SegmentReduction reduction = kind switch
        {
            "sum" => SegmentReduction.Sum,
            "mean" => SegmentReduction.Mean,
            "max" => SegmentReduction.Max,
            "logsumexp" => SegmentReduction.LogSumExp,
            _ => throw new TesseraKernelException($"TSR1307 {info.Place}: kind is '{kind}'; it is one of sum, mean, max, logsumexp."),
        };
        bool integer = !SegmentTypes.Floats.Contains(info.Type);
        return integer && reduction is (SegmentReduction.Mean or SegmentReduction.LogSumExp)
            ? throw new TesseraKernelException($"TSR1308 {info.Place}: '{kind}' of {info.Type} is not defined; integers know sum and max.")
            : reduction;
    }

    public override void InferShapes(ShapeInference context)
    {
        if (context.Input(0) is not { Dims: [_, .. var rest] } x)
            return;
        PartialDim segments = context.Input(1) is { Dims: [{ Size: > 0 } boundaries] } ? new(boundaries.Size - 1, "") : PartialDim.Unknown;
        context.Output(0, x.Type, [segments, .. rest]);
    }

    private sealed class Kernel(string place, TensorElementType type, SegmentReduction reduction) : OpKernel
    {
        public override unsafe void Compute(KernelContext context)
        {
            TensorView x = context.Input(0);
            SegmentProblem.HasLeadingAxis(place, x);
            SegmentProblem problem = SegmentProblem.Create(place, x, context.Input(1), x.Shape[0]);
            problem.Storage = SegmentTypes.StorageOf(type);
            problem.Reduction = reduction;
            TensorView output = context.OutputRows(0, problem.Segments, x.Shape[1..]);
            problem.Output = output.Data;
            if (output.Count == 0)
                return;
            if (SegmentTypes.IsSmall(x))
                Run(problem, default(SerialParallel));
            else
                Run(problem, context.Parallel);
        }

        private void Run<TParallel>(in SegmentProblem problem, TParallel parallel)
            where TParallel : IParallel
        {
            switch (type)
            {
                case TensorElementType.Double: SegmentReduceKernel.Run<double, TParallel>(problem, parallel); break;
                case TensorElementType.Int32: SegmentReduceKernel.Run<int, TParallel>(problem, parallel); break;
                case TensorElementType.Int64: SegmentReduceKernel.Run<long, TParallel>(problem, parallel); break;
                case TensorElementType.Int8: SegmentReduceKernel.Run<sbyte, TParallel>(problem, parallel); break;
                case TensorElementType.Int16: SegmentReduceKernel.Run<short, TParallel>(problem, parallel); break;
                case TensorElementType.UInt8: SegmentReduceKernel.Run<byte, TParallel>(problem, parallel); break;
                case TensorElementType.UInt16: SegmentReduceKernel.Run<ushort, TParallel>(problem, parallel); break;
                case TensorElementType.UInt32: SegmentReduceKernel.Run<uint, TParallel>(problem, parallel); break;
                case TensorElementType.UInt64: SegmentReduceKernel.Run<ulong, TParallel>(problem, parallel); break;
                default: SegmentReduceKernel.Run<float, TParallel>(problem, parallel); break;
            }
        }
    }
}
