using System.Collections.Immutable;
using Tessera.Kernels.Cpu;
using Tessera.Kernels.Cpu.Experts;
using Tessera.Kernels.Cpu.Routing;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda;

/// <summary>
/// <see cref="RouteOp"/> on a device, in as many kernels as its attributes ask for. Groups of tokens stay there and are not looked at before:
/// bounds that do not rise from 0 to the number of tokens, which the CPU refuses, are made to.
/// </summary>
internal sealed class RouteCuda(CudaDevice device, string? provider) : CudaOp(new RouteOp(), device, provider)
{
    public override OpKernel CreateKernel(KernelInfo info)
    {
        string place = info.Place;
        RouteOptions options = RouteAttributes.Read(info);
        CudaModule module = Device.Module("route");
        ImmutableArray<CudaKernel> kernels = [.. RoutePlan.StepsOf(options).Select(s => module.Kernel(RoutePlan.NameOf(s), RoutePlan.MostSharedBytes(s), place))];
        return new Kernel(place, Device, kernels, RouteOp.FormatOf(info.Type), options, new DeviceScratch(info));
    }

    private sealed class Kernel(string place, CudaDevice device, ImmutableArray<CudaKernel> kernels, WeightFormat format, RouteOptions options, DeviceScratch scratch) : OpKernel
    {
        private readonly ImmutableArray<RouteStep> _steps = RoutePlan.StepsOf(options);

        public override unsafe void Compute(KernelContext context)
        {
            RouteProblem problem = RouteCheck.Inputs(place, context, format, options);
            problem.GroupCount = 1;
            if (context.TryInput(2, out TensorView groups))
            {
                CuSeqlens.CheckShape(groups, place, "cu_groups");
                problem.Groups = (int*)groups.Data;
                problem.GroupCount = checked((int)groups.Shape[0]) - 1;
            }

            RouteCheck.Outputs(context, ref problem);
            if ((long)problem.Tokens * problem.Columns == 0)
            {
                return;
            }

            RoutePlan plan = new(problem, device.Multiprocessors);
            using DeviceScratch.Rented memory = scratch.Rent(context, plan.Bytes);
            RouteArguments arguments = plan.Arguments(problem, memory);
            TensorView logits = context.Input(0);
            nint stream = context.Stream;
            using ContextScope scope = device.Enter(place);
            for (int i = 0; i < kernels.Length; i++)
            {
                if (plan.Blocks(_steps[i]) is > 0 and int blocks)
                {
                    kernels[i].Launch(stream, blocks, plan.Threads(_steps[i]), arguments, place, logits, plan.SharedBytes(_steps[i]));
                }
            }
        }

        public override void Release() => scratch.Release();
    }
}
