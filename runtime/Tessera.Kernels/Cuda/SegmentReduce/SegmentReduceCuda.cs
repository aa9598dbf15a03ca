using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu;
using Tessera.Kernels.Cpu.Segments;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda;

/// <summary>
/// <see cref="SegmentReduceOp"/> on a device. Offsets stay there and are not looked at before: those that do not rise from 0 to the
/// number of tokens, which the CPU refuses, are cut to it.
/// </summary>
internal sealed class SegmentReduceCuda(CudaDevice device, string? provider) : CustomOp
{
    private readonly SegmentReduceOp _cpu = new();

    public override string Name => _cpu.Name;

    public override string? Provider => provider;

    public override ImmutableArray<OpPort> Inputs => _cpu.Inputs;

    public override ImmutableArray<OpPort> Outputs => _cpu.Outputs;

    public override ImmutableArray<TensorElementType> Types => _cpu.Types;

    public override OpKernel CreateKernel(KernelInfo info)
    {
        SegmentReduction reduction = SegmentReduceOp.ReductionOf(info);
        string name = $"segment_reduce_{KindOf(reduction)}_{CudaTypes.NameOf(info.Type)}";
        return new Kernel(info.Place, device, device.Module("segment_reduce").Kernel(name, Kernel.SharedBytes, info.Place));
    }

    public override void InferShapes(ShapeInference context) => _cpu.InferShapes(context);

    private static string KindOf(SegmentReduction reduction) => reduction switch
    {
        SegmentReduction.Sum => "sum",
        SegmentReduction.Mean => "mean",
        SegmentReduction.Max => "max",
        _ => "logsumexp",
    };

    /// <summary><c>SegmentReduceArgs</c> of segment_reduce.cuh.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Arguments
    {
        public void* X;
        public void* Cu;
        public void* Output;
        public long Tokens;
        public long Segments;
        public long Columns;
        public int Width;
        public int Threads;
    }

    private sealed class Kernel(string place, CudaDevice device, CudaKernel kernel) : OpKernel
    {
        private const int Threads = 256, WidestBlock = 32;

        /// <summary>Two values of 8 bytes at most for each thread.</summary>
        public const int SharedBytes = 2 * Threads * sizeof(double);

        public override unsafe void Compute(KernelContext context)
        {
            TensorView x = context.Input(0), cu = context.Input(1);
            SegmentProblem.HasLeadingAxis(place, x);
            CudaTypes.AreOffsets(place, cu);
            long segments = cu.Shape[0] - 1;
            TensorView output = context.OutputRows(0, segments, x.Shape[1..]);
            if (output.Count == 0)
            {
                return;
            }

            long columns = output.Count / segments;
            int width = (int)Math.Min(System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)columns), WidestBlock);
            long units = segments * ((columns + width - 1) / width);
            Arguments arguments = new() { X = x.Data, Cu = cu.Data, Output = output.Data, Tokens = x.Shape[0], Segments = segments, Columns = columns, Width = width, Threads = Threads };
            using ContextScope scope = device.Enter(place);
            kernel.Launch(context.Stream, (int)Math.Min(units, CudaKernel.MostBlocks), Threads, arguments, place, x);
        }
    }
}
