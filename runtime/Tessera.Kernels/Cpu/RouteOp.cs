using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Experts;
using Tessera.Kernels.Cpu.Routing;
using Tessera.Kernels.Cpu.Segments;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu;

/// <summary>
/// Tokens to experts: logits[T, E], optional selection_bias[E] and cu_groups[G + 1] → weights, experts and optional slots [T, K']. The
/// meaning is written at the op in Tessera.Ir.
/// </summary>
internal sealed class RouteOp : CustomOp
{
    public override string Name => "Route";

    public override ImmutableArray<OpPort> Inputs { get; } =
    [
        new("logits"), new("selection_bias", Kind: PortKind.Optional), new("cu_groups", TensorElementType.Int32, PortKind.Optional),
    ];

    public override ImmutableArray<OpPort> Outputs { get; } =
        [new("weights"), new("experts", TensorElementType.Int64), new("slot", TensorElementType.Int64, PortKind.Optional)];

    public override ImmutableArray<TensorElementType> Types => SegmentTypes.Floats;

    public override OpKernel CreateKernel(KernelInfo info) => new Kernel(info.Place, FormatOf(info.Type), RouteAttributes.Read(info));

    public override void InferShapes(ShapeInference context)
    {
        if (context.Input(0) is not { Dims: [var tokens, var experts] } logits)
            return;
        bool all = context.Int("expert_choice", 0) != 0 || context.String("scoring", "softmax") == "sparse_top_k";
        PartialDim columns = all ? experts : new(context.Int("k", -1), "");
        context.Output(0, logits.Type, tokens, columns);
        context.Output(1, TensorElementType.Int64, tokens, columns);
    }

    internal static WeightFormat FormatOf(TensorElementType type) => type switch
    {
        TensorElementType.Float16 => WeightFormat.F16,
        TensorElementType.BFloat16 => WeightFormat.BF16,
        TensorElementType.Double => WeightFormat.F64,
        _ => WeightFormat.F32,
    };

    private sealed unsafe class Kernel(string place, WeightFormat format, RouteOptions options) : OpKernel
    {
        public override void Compute(KernelContext context)
        {
            RouteProblem problem = RouteCheck.Inputs(place, context, format, options);
            int* all = stackalloc int[2];
            all[0] = 0;
            all[1] = problem.Tokens;
            problem.Groups = all;
            problem.GroupCount = 1;
            if (context.TryInput(2, out TensorView groups))
                RouteCheck.Groups(place, groups, ref problem);
            RouteCheck.Outputs(context, ref problem);
            RouteKernel.Run(problem, context.Parallel);
        }
    }
}
