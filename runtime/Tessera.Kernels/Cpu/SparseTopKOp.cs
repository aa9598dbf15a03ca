using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Routing;
using Tessera.Kernels.Cpu.Segments;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu;

/// <summary>x[…, n] → […, n]: a soft top-k that is 0 nearly everywhere, as a mask or of magnitudes. The meaning is written at the op in Tessera.Ir.</summary>
internal sealed class SparseTopKOp : CustomOp
{
    public override string Name => "SparseTopK";

    public override ImmutableArray<OpPort> Inputs { get; } = [new("x")];

    public override ImmutableArray<OpPort> Outputs { get; } = [new("output")];

    public override ImmutableArray<TensorElementType> Types => SegmentTypes.Floats;

    public override OpKernel CreateKernel(KernelInfo info) => new Kernel(info.Place, RouteOp.FormatOf(info.Type), RouteAttributes.Sparse(info));

    public override void InferShapes(ShapeInference context)
    {
        if (context.Input(0) is { } x)
            context.Output(0, x.Type, x.Dims);
    }

    /// <summary>Refuses a scalar.</summary>
    public static void HasAxis(string place, TensorView x)
    {
        if (x.Rank == 0)
            throw new TesseraKernelException($"TSR1303 {place}: x is a scalar; it needs an axis.");
    }

    private sealed class Kernel(string place, Experts.WeightFormat format, SparseTopKOptions options) : OpKernel
    {
        public override unsafe void Compute(KernelContext context)
        {
            TensorView x = context.Input(0);
            HasAxis(place, x);
            void* output = context.Output(0, x.Shape).Data;
            int n = checked((int)x.Shape[^1]);
            if (x.Count > 0)
                SparseTopKKernel.Run(new() { Format = format, Source = x.Data, Target = output, Columns = n, Rows = x.Count / n, Options = options }, context.Parallel);
        }
    }
}
