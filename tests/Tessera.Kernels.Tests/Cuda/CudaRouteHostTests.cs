using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Experts;
using Tessera.Kernels.Cpu.Routing;
using Tessera.Kernels.Cuda;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Tests.Cuda;

/// <summary>What the host launches for a route, and what the kernels write where nobody has checked the groups of tokens.</summary>
public unsafe class CudaRouteHostTests
{
    private const byte Poison = 0xd5;

    private static readonly RouteCase s_plain = new(3, 8), s_limited = new(300, 8) { Factor = 1 };

    [SkippableFact]
    public void Kernels_are_launched_in_order_and_nothing_is_waited_for()
    {
        Launches(s_plain, "route_choose, 3x1x1, 32x1x1, 1432");
        Launches(s_plain with { Groups = [0, 3] }, "route_choose, 3x1x1, 32x1x1, 1432");
        Launches(s_plain with { Tokens = 0, Factor = 1, Groups = [0, 0] });
        Launches(s_plain with { K = 0, Factor = 1 });
        Launches(new(3, 3000), "route_choose, 3x1x1, 128x1x1, 5120");
        Launches(new(30, 3000), "route_choose, 24x1x1, 128x1x1, 5120");
        Launches(
            s_limited,
            "route_choose, 300x1x1, 32x1x1, 1432", "route_count, 3x1x1, 256x1x1, 3072", "route_carry, 8x1x1, 256x1x1, 2048", "route_place, 3x1x1, 256x1x1, 3072");
        Launches(
            s_limited with { Priority = "batch", Groups = [0, 300] },
            "route_groups, 1x1x1, 256x1x1, 1024", "route_choose, 300x1x1, 32x1x1, 1432", "route_sort, 1x1x1, 256x1x1, 14336", "route_rank, 2x1x1, 256x1x1, 0", "route_count, 3x1x1, 256x1x1, 3072",
            "route_carry, 8x1x1, 256x1x1, 2048", "route_place, 3x1x1, 256x1x1, 3072");
        Launches(
            s_limited with { ExpertChoice = true, Groups = [0, 300] },
            "route_groups, 1x1x1, 256x1x1, 1024", "route_score, 300x1x1, 32x1x1, 1504", "route_sort, 8x1x1, 256x1x1, 14336", "route_rank, 10x1x1, 256x1x1, 0", "route_store, 300x1x1, 32x1x1, 1024");
    }

    [SkippableFact]
    public void Every_kernel_that_a_call_may_need_is_there_before_the_first()
    {
        var stub = CudaStub.Create();
        OpDomain domain = stub.Domain();
        foreach (RouteCase c in (RouteCase[])[s_plain, s_limited, s_limited with { Priority = "batch" }, s_limited with { ExpertChoice = true }])
        {
            // Groups of tokens may be there in one model and not in another; what prepares them is ready in both.
            RouteCase there = c with { Register = domain.AddTo };
            stub.Calls();
            using InferenceSession session = there.Open();
            string[] prepared = [.. stub.Calls().Where(static call => call.StartsWith("cuLibraryGetKernel", StringComparison.Ordinal)).Select(static call => call.Split('(', ')')[1])];
            there.Run(session);
            string[] calls = stub.Calls(), launched = [.. calls.Where(IsLaunch).Select(static call => call.Split('(', ',')[1])];
            Assert.Equal(prepared.Where(static k => k != "route_groups"), launched);
            Assert.Equal(["cuCtxPushCurrent()", "cuCtxPopCurrent()"], calls.Where(static call => !IsLaunch(call)));
            Assert.Equal(0, stub.Depth);
        }
    }

    [SkippableFact]
    public void A_launch_that_fails_tells_kernel_and_shapes_and_leaves_nothing()
    {
        var stub = CudaStub.Create();
        RouteCase c = s_limited with { Priority = "batch", Groups = [0, 100, 300], Register = stub.Domain().AddTo };
        using InferenceSession session = c.Open();
        RouteResult expected = (c with { Register = null }).Run();
        string[] names = ["route_groups", "route_choose", "route_sort", "route_rank", "route_count", "route_carry", "route_place"];
        for (int i = 0; i < names.Length; i++)
        {
            stub.Fail("cuLaunchKernel", i + 1);
            OnnxRuntimeException error = Assert.Throws<OnnxRuntimeException>(() => c.Run(session));
            Assert.Contains($"TSR1401 Route 'the_node' of Float [300, 8]: launching {names[i]} with ", error.Message, StringComparison.Ordinal);
            Assert.Equal(0, stub.Depth);
        }

        stub.Fail("cuCtxPushCurrent");
        Assert.Contains("TSR1401 Route 'the_node': entering", Assert.Throws<OnnxRuntimeException>(() => c.Run(session)).Message, StringComparison.Ordinal);
        RouteResult actual = c.Run(session);
        Assert.Equal(expected.Experts, actual.Experts);
        Assert.Equal(expected.Slots, actual.Slots);
    }

    [SkippableFact]
    public void Host_and_kernels_mean_the_same_arguments_and_shared_memory()
    {
        var stub = CudaStub.Create();
        int Of(string name) => ((delegate* unmanaged<int>)stub.Function($"test_route_{name}"))();
        RouteArguments arguments;
        Assert.Equal(Of("arguments"), sizeof(RouteArguments));
        Assert.Equal(Of("threads"), (int)((byte*)&arguments.Threads - (byte*)&arguments));
        Assert.Equal(Of("tile"), RoutePlan.MostSharedBytes(RouteStep.Count));
        Assert.Equal(Of("tile"), RoutePlan.MostSharedBytes(RouteStep.Place));
        Assert.Equal(Of("sorted"), RoutePlan.MostSharedBytes(RouteStep.Sort));
    }

    // On a device nobody can refuse them: every token is in one group, and nothing is written but outputs and the call's own memory.
    [SkippableTheory]
    [InlineData(new[] { 0, 37 }, new[] { 0, 37 })]
    [InlineData(new[] { 0, 9, 9, 37 }, new[] { 0, 9, 9, 37 })]
    [InlineData(new[] { -3, 20 }, new[] { 0, 37 })]
    [InlineData(new[] { 5, 20, 30 }, new[] { 0, 20, 37 })]
    [InlineData(new[] { 0, 20, 10, 30, 37 }, new[] { 0, 20, 20, 30, 37 })]
    [InlineData(new[] { 9, 5, 3, 1 }, new[] { 0, 9, 9, 37 })]
    [InlineData(new[] { 0, int.MaxValue, int.MinValue, 2, 1000 }, new[] { 0, 37, 37, 37, 37 })]
    [InlineData(new[] { 7 }, new[] { 0, 37 })]
    public void Groups_that_make_no_sense_lead_nowhere(int[] cu, int[] meant)
    {
        Bench bench = new(CudaStub.Create());
        RouteOptions limited = new() { K = 2, Scale = 1, CapacityFactor = 0.6, CapacityMultiple = 1, Sparse = new() { Lambda = 1, Exponent = 1 } };
        foreach (RoutePriority priority in Enum.GetValues<RoutePriority>())
            bench.Same(limited with { Priority = priority }, cu, meant);
        bench.Same(limited with { ExpertChoice = true }, cu, meant);
    }

    private static bool IsLaunch(string call) => call.StartsWith("cuLaunchKernel", StringComparison.Ordinal);

    private static void Launches(RouteCase c, params string[] launches)
    {
        var stub = CudaStub.Create();
        RouteCase there = c with { Register = stub.Domain().AddTo };
        using InferenceSession session = there.Open();
        stub.Calls();
        there.Run(session);
        string[] entered = launches.Length == 0 ? [] : ["cuCtxPushCurrent()", .. launches.Select(static l => $"cuLaunchKernel({l}, (nil))"), "cuCtxPopCurrent()"];
        Assert.Equal(entered, stub.Calls());
    }

    /// <summary>A route's kernels on memory of the test's own, with guards about whatever they may write.</summary>
    private sealed class Bench(CudaStub stub)
    {
        private const int Tokens = 37, Experts = 5, Guard = 512;
        private readonly CudaDevice _device = CudaDevice.Open(stub.Library, 0);

        public void Same(in RouteOptions options, int[] cu, int[] meant)
        {
            byte[][] actual = Run(options, cu), expected = Run(options, meant);
            for (int i = 0; i < actual.Length; i++)
                Assert.Equal(expected[i], actual[i]);
        }

        // Weights, experts and slots.
        private byte[][] Run(in RouteOptions options, int[] cu)
        {
            int count = Tokens * options.Columns(Experts);
            Random random = new(8);
            float[] logits = [.. Enumerable.Range(0, Tokens * Experts).Select(_ => random.NextSingle())];
            byte[] weights = Guarded(count * sizeof(float)), ids = Guarded(count * sizeof(long)), slots = Guarded(count * sizeof(long));
            fixed (int* groups = cu)
            {
                fixed (float* from = logits)
                {
                    fixed (byte* w = weights, e = ids, s = slots)
                    {
                        RouteProblem problem = new()
                        {
                            Format = WeightFormat.F32,
                            Logits = from,
                            Tokens = Tokens,
                            Experts = Experts,
                            Options = options,
                            Groups = groups,
                            GroupCount = cu.Length - 1,
                            Weights = w + Guard,
                            Ids = (long*)(e + Guard),
                            Slots = (long*)(s + Guard),
                        };
                        Launch(problem, new(TensorElementType.Float, [Tokens, Experts], from));
                    }
                }
            }

            byte[][] results = [.. ((byte[][])[weights, ids, slots]).Select(Inside)];
            Assert.All(MemoryMarshal.Cast<byte, long>(results[1]).ToArray(), static e => Assert.InRange(e, -1, Experts - 1));
            Assert.All(MemoryMarshal.Cast<byte, long>(results[2]).ToArray(), static s => Assert.InRange(s, -1, Tokens - 1));
            return results;
        }

        private void Launch(in RouteProblem problem, TensorView x)
        {
            RoutePlan plan = new(problem, _device.Multiprocessors);
            byte[] memory = Guarded((int)plan.Bytes);
            fixed (byte* at = memory)
            {
                RouteArguments arguments = plan.Arguments(problem, new DeviceScratch.Rented(default, at + Guard));
                using ContextScope scope = _device.Enter("test");
                foreach (RouteStep step in RoutePlan.StepsOf(problem.Options))
                {
                    CudaKernel kernel = _device.Module("route").Kernel(RoutePlan.NameOf(step), RoutePlan.MostSharedBytes(step), "test");
                    if (plan.Blocks(step) > 0)
                        kernel.Launch(0, plan.Blocks(step), plan.Threads(step), arguments, "test", x, plan.SharedBytes(step));
                }
            }

            Inside(memory);
        }

        private static byte[] Guarded(int bytes)
        {
            byte[] guarded = GC.AllocateUninitializedArray<byte>(bytes + (2 * Guard), pinned: true);
            Array.Fill(guarded, Poison);
            return guarded;
        }

        // Nothing but what is inside was written.
        private static byte[] Inside(byte[] guarded)
        {
            Assert.All(guarded[..Guard].Concat(guarded[^Guard..]), static b => Assert.Equal(Poison, b));
            return guarded[Guard..^Guard];
        }
    }
}
