using Tessera.Kernels.Cpu;
using Tessera.Kernels.Cpu.Attention;
using Tessera.Kernels.Cpu.Simd;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Tests;

/// <summary>Runs the kernel's core on a case, without ONNX Runtime, into poisoned output.</summary>
internal static unsafe class AttentionRunner
{
    /// <summary>The inputs of a case, rounded to a storage; what the reference sees is what the kernel sees.</summary>
    public sealed record Inputs(float[] Q, float[] K, float[] V, float[]? Bias, float[]? QNorm, float[]? KNorm)
    {
        public static Inputs Of(AttentionCase c, Storage storage) => new(
            Round(c.Q, storage), Round(c.K, storage), Round(c.V, storage),
            c.Bias is { } b ? Round(b, storage) : null, c.QNorm is { } q ? Round(q, storage) : null, c.KNorm is { } k ? Round(k, storage) : null);

        public double[] Reference(AttentionCase c) => NaiveAttention.Run(c, Q, K, V, Bias, QNorm, KNorm);
    }

    public static float[] Run(AttentionCase c, Inputs x, Storage storage, InstructionSet set, int threads = 1) =>
        Run(c, x, storage, (in problem) =>
        {
            if (threads == 1)
                PackedAttentionKernel.Run(problem, set, default(SerialParallel));
            else
                PackedAttentionKernel.Run(problem, set, new ThreadParallel(threads));
        });

    /// <summary>The fewest managed bytes that a run allocates: pools may be trimmed in between.</summary>
    public static long AllocatedBy(AttentionCase c, Inputs x, Storage storage, int runs)
    {
        long allocated = long.MaxValue;
        Run(c, x, storage, (in problem) =>
        {
            for (int i = 0; i < runs; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                PackedAttentionKernel.Run(problem, InstructionSets.Best, default(SerialParallel));
                allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            }
        });
        return allocated;
    }

    private delegate void Body(in AttentionProblem problem);

    private static float[] Run(AttentionCase c, Inputs x, Storage storage, Body body)
    {
        int[] cuQ = c.CuQ, cuK = c.CuK;
        float[] poisoned = new float[cuQ[^1] * c.Heads * c.ValueDim];
        Array.Fill(poisoned, float.NaN);
        byte[] output = Encode(poisoned, storage)!;
        byte[]? bias = Encode(x.Bias, storage), qNorm = Encode(x.QNorm, storage), kNorm = Encode(x.KNorm, storage);
        fixed (byte* q = Encode(x.Q, storage), k = Encode(x.K, storage), v = Encode(x.V, storage))
        fixed (byte* b = bias, qn = qNorm, kn = kNorm, o = output)
        fixed (int* pq = cuQ, pk = cuK)
        {
            AttentionProblem problem = new()
            {
                Storage = storage,
                Q = q,
                K = k,
                V = v,
                Output = o,
                CuQ = pq,
                CuK = pk,
                Segments = c.Queries.Length,
                Heads = c.Heads,
                KeyHeads = c.KeyHeads,
                HeadDim = c.HeadDim,
                ValueDim = c.ValueDim,
                Bias = b,
                BiasRadius = c.BiasRadius,
                QNorm = qn,
                KNorm = kn,
                Options = AttentionOptions.Create(c.Scale, c.Causal, c.WindowLeft, c.WindowRight, c.Softcap, AttentionCase.NormEpsilon, c.HeadDim),
            };
            body(problem);
        }

        return Decode(output, storage);
    }

    public static byte[]? Encode(float[]? values, Storage storage)
    {
        if (values is null)
            return null;
        byte[] bytes = new byte[values.Length * storage.Bytes()];
        fixed (float* source = values)
        fixed (byte* target = bytes)
            storage.Save(source, target, values.Length);
        return bytes;
    }

    public static float[] Decode(byte[] bytes, Storage storage)
    {
        float[] values = new float[bytes.Length / storage.Bytes()];
        fixed (byte* source = bytes)
        fixed (float* target = values)
            storage.Load(source, target, values.Length);
        return values;
    }

    private static float[] Round(float[] values, Storage storage) => Decode(Encode(values, storage)!, storage);
}

/// <summary>Runs bodies on threads of its own; every thread gets a call, even where the kernel asks for one only.</summary>
internal readonly unsafe struct ThreadParallel(int threads) : IParallel
{
    public void For(int total, delegate*<void*, int, void> body, void* state)
    {
        nint pointer = (nint)state, function = (nint)body;
        int stride = threads;
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(t => new Thread(() =>
        {
            for (int i = t; i < Math.Max(total, stride); i += stride)
                ((delegate*<void*, int, void>)function)((void*)pointer, i);
        }))];
        foreach (Thread worker in workers)
            worker.Start();
        foreach (Thread worker in workers)
            worker.Join();
    }
}
