using Tessera.Kernels.Cpu.Experts;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Routing;

/// <summary>Checks what a route is given, so that nothing after it can read or write out of bounds.</summary>
internal static unsafe class RouteCheck
{
    /// <summary>What a call is given but for groups of tokens, which are checked where they are: on a device nobody reads them.</summary>
    public static RouteProblem Inputs(string place, KernelContext context, WeightFormat format, in RouteOptions options)
    {
        TensorView logits = context.Input(0);
        Logits(place, logits, options);
        RouteProblem problem = new()
        {
            Format = format,
            Logits = logits.Data,
            Tokens = checked((int)logits.Shape[0]),
            Experts = checked((int)logits.Shape[1]),
            Options = options,
        };
        if (context.TryInput(1, out TensorView bias))
            problem.Bias = Bias(place, bias, problem.Experts);
        return problem;
    }

    /// <summary>Allocates the outputs.</summary>
    public static void Outputs(KernelContext context, ref RouteProblem problem)
    {
        problem.Weights = context.Output(0, problem.Tokens, problem.Columns).Data;
        problem.Ids = (long*)context.Output(1, problem.Tokens, problem.Columns).Data;
        if (problem.Options.HasSlots && context.TryOutput(2, out TensorView slots, problem.Tokens, problem.Columns))
            problem.Slots = (long*)slots.Data;
    }

    public static void Groups(string place, TensorView groups, ref RouteProblem problem)
    {
        CuSeqlens.Check(groups, problem.Tokens, place, "cu_groups");
        problem.Groups = (int*)groups.Data;
        problem.GroupCount = checked((int)groups.Shape[0]) - 1;
    }

    private static void Logits(string place, TensorView logits, in RouteOptions options)
    {
        if (logits.Rank != 2)
            throw new TesseraKernelException($"TSR1303 {place}: logits is {logits.ShapeText()}, of rank {logits.Rank}; expected rank 2.");
        long experts = logits.Shape[1];
        bool fits = experts > 0 && options.K <= experts && (options.GroupCount == 0 || experts % options.GroupCount == 0);
        if (!fits)
            throw new TesseraKernelException($"TSR1319 {place}: logits is {logits.ShapeText()}; {options.K} of {experts} experts in {options.GroupCount} equal groups cannot be chosen.");
    }

    private static void* Bias(string place, TensorView bias, int experts)
    {
        if (bias.Rank != 1)
            throw new TesseraKernelException($"TSR1303 {place}: selection_bias is {bias.ShapeText()}, of rank {bias.Rank}; expected rank 1.");
        return bias.Shape[0] == experts
            ? bias.Data
            : throw new TesseraKernelException($"TSR1304 {place}: the experts and the length of selection_bias differ: {experts} ≠ {bias.Shape[0]}.");
    }
}
