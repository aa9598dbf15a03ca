using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Tessera.Kernels.Cpu;
using Tessera.Kernels.Cpu.Attention;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda;

/// <summary>
/// <see cref="PackedAttentionOp"/> on a device. How many tiles of queries there are is the device's to know; the grid is as large as the
/// tokens can make it. All variants that a call may need are there before the first one.
/// </summary>
internal sealed class PackedAttentionCuda(CudaDevice device, string? provider) : CudaOp(new PackedAttentionOp(), device, provider)
{
    public override OpKernel CreateKernel(KernelInfo info)
    {
        string place = info.Place;
        return new Kernel(
            place, Device, [.. AttentionVariant.Of(info.Type).Select(v => (v, v.Prepare(Device, place)))], new(Device, place), AttentionAttributes.Read(info), new(info));
    }

    private sealed class Kernel(
        string place,
        CudaDevice device,
        ImmutableArray<(AttentionVariant Variant, CudaKernel Code)> kernels,
        AttentionTiles tiles,
        AttentionAttributes attributes,
        DeviceScratch scratch) : OpKernel
    {
        public override void Release() => scratch.Release();

        public override unsafe void Compute(KernelContext context)
        {
            TensorView q = context.Input(0), k = context.Input(1), cuQ = context.Input(3);
            AttentionProblem problem = AttentionCheck.Shapes(place, q, k, context.Input(2), cuQ, context.Input(4));
            CuSeqlens.CheckShape(cuQ, place, "cu_q");
            AttentionCheck.Options(place, context, attributes, ref problem);
            TensorView output = context.Output(0, q.Shape[0], problem.Heads, problem.ValueDim);
            if (output.Count == 0 || problem.Segments == 0)
                return;
            problem.Output = output.Data;
            (AttentionVariant variant, CudaKernel code) = kernels.First(k => k.Variant.Takes(problem));
            Arguments arguments = Of(problem, q.Shape[0], k.Shape[0]);
            AttentionTiles.Layout layout = new(problem.Segments);
            using DeviceScratch.Rented memory = scratch.Rent(context, layout.Bytes);
            using ContextScope scope = device.Enter(place);
            arguments.Order = memory.At(layout.Order);
            arguments.Tiles = memory.At(layout.Tiles);
            tiles.Launch(context.Stream, layout, memory, problem, variant.Queries, q);
            code.Launch(context.Stream, variant.Blocks(problem, q.Shape[0]), AttentionVariant.Threads, arguments, place, q);
        }

        private static unsafe Arguments Of(in AttentionProblem p, long tokens, long keys) => new()
        {
            Q = p.Q,
            K = p.K,
            V = p.V,
            CuQ = p.CuQ,
            CuK = p.CuK,
            Bias = p.Bias,
            QNorm = p.QNorm,
            KNorm = p.KNorm,
            Output = p.Output,
            Tokens = tokens,
            Keys = keys,
            WindowLeft = p.Options.WindowLeft,
            WindowRight = p.Options.WindowRight,
            Scale = p.Options.Scale,
            Softcap = p.Options.Softcap,
            Epsilon = p.Options.NormEpsilon,
            Segments = p.Segments,
            Heads = p.Heads,
            KeyHeads = p.KeyHeads,
            HeadDim = p.HeadDim,
            ValueDim = p.ValueDim,
            Radius = p.BiasRadius,
        };
    }

    /// <summary><c>PackedAttentionArgs</c> of packed_attention.cuh.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Arguments
    {
        public void* Q;
        public void* K;
        public void* V;
        public int* CuQ;
        public int* CuK;
        public void* Bias;
        public void* QNorm;
        public void* KNorm;
        public void* Output;
        public long Tokens;
        public long Keys;
        public long WindowLeft;
        public long WindowRight;
        public double Scale;
        public double Softcap;
        public double Epsilon;
        public void* Order;
        public void* Tiles;
        public int Segments;
        public int Heads;
        public int KeyHeads;
        public int HeadDim;
        public int ValueDim;
        public int Radius;
    }
}
