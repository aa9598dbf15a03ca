using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Segments;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu;

/// <summary>x[B, …], cu_seqlens[B + 1], count[] → [T, …], T = count = cu_seqlens[B]: row b for every token of segment b.</summary>
internal sealed class SegmentExpandOp : CustomOp
{
    public override string Name => "SegmentExpand";

    public override ImmutableArray<OpPort> Inputs { get; } = [new("x"), new("cu_seqlens", TensorElementType.Int32), new("count", TensorElementType.Int64, OnHost: true)];

    public override ImmutableArray<OpPort> Outputs { get; } = [new("output")];

    public override ImmutableArray<TensorElementType> Types => SegmentTypes.Copyable;

    public override OpKernel CreateKernel(KernelInfo info) => new Kernel(info.Place, info.Type);

    public override void InferShapes(ShapeInference context)
    {
        if (context.Input(0) is { Dims: [_, .. var rest] } x)
            context.Output(0, x.Type, [PartialDim.Unknown, .. rest]);
    }

    /// <summary>How many rows there will be; shapes are checked, which is all that the host of a device may look at.</summary>
    internal static long Tokens(string place, TensorView x, TensorView cu, TensorView count)
    {
        SegmentProblem.HasLeadingAxis(place, x);
        CuSeqlens.CheckShape(cu, place, "cu_seqlens");
        if (x.Shape[0] != cu.Shape[0] - 1)
            throw new TesseraKernelException($"TSR1304 {place}: x's rows and the segments of cu_seqlens differ: {x.Shape[0]} ≠ {cu.Shape[0] - 1}.");
        return count.Shape.Length == 0 && count.Span<long>()[0] is >= 0 and var tokens
            ? tokens
            : throw new TesseraKernelException($"TSR1304 {place}: count must be one number of at least 0; it is [{string.Join(", ", count.Span<long>().ToArray().Take(4))}].");
    }

    private sealed class Kernel(string place, TensorElementType type) : OpKernel
    {
        public override unsafe void Compute(KernelContext context)
        {
            TensorView x = context.Input(0), cu = context.Input(1);
            long tokens = Tokens(place, x, cu, context.Input(2));
            SegmentProblem problem = SegmentProblem.Create(place, x, cu, tokens);
            problem.Columns *= SegmentTypes.Bytes(type);
            TensorView output = context.OutputRows(0, tokens, x.Shape[1..]);
            problem.Output = output.Data;
            if (output.Count == 0)
                return;
            if (SegmentTypes.IsSmall(output))
                SegmentExpandKernel.Run(problem, default(SerialParallel));
            else
                SegmentExpandKernel.Run(problem, context.Parallel);
        }
    }
}
