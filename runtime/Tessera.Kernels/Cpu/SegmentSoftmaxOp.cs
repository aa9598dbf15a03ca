using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Segments;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu;

/// <summary>x[T, …], cu_seqlens[B + 1] → [T, …]: softmax over the tokens of each segment, for each trailing element by itself.</summary>
internal sealed class SegmentSoftmaxOp : CustomOp
{
    public override string Name => "SegmentSoftmax";

    public override ImmutableArray<OpPort> Inputs { get; } = [new("x"), new("cu_seqlens", TensorElementType.Int32)];

    public override ImmutableArray<OpPort> Outputs { get; } = [new("output")];

    public override ImmutableArray<TensorElementType> Types => SegmentTypes.Floats;

    public override OpKernel CreateKernel(KernelInfo info) => new Kernel(info.Place, info.Type);

    public override void InferShapes(ShapeInference context)
    {
        if (context.Input(0) is { } x)
            context.Output(0, x.Type, x.Dims);
    }

    private sealed class Kernel(string place, TensorElementType type) : OpKernel
    {
        public override unsafe void Compute(KernelContext context)
        {
            TensorView x = context.Input(0);
            SegmentProblem.HasLeadingAxis(place, x);
            SegmentProblem problem = SegmentProblem.Create(place, x, context.Input(1), x.Shape[0]);
            problem.Storage = SegmentTypes.StorageOf(type);
            TensorView output = context.Output(0, x.Shape);
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
            if (type == TensorElementType.Double)
                SegmentSoftmaxKernel.Run<double, TParallel>(problem, parallel);
            else
                SegmentSoftmaxKernel.Run<float, TParallel>(problem, parallel);
        }
    }
}
