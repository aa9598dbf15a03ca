using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>Brings keys and values of one segment and head to where register tiles want them: once for all queries and heads that share them.</summary>
internal static unsafe class KeyPacker<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    /// <param name="problem">The problem.</param>
    /// <param name="scratch">Where packed rows go.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="head">Key head.</param>
    /// <param name="from">First key, from the segment's start.</param>
    /// <param name="count">How many, at most <see cref="AttentionScratch.PackedKeys"/>.</param>
    /// <param name="rows">Queries that will read them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static KeyBlock Pack(in AttentionProblem problem, in AttentionScratch scratch, int segment, int head, int from, int count, int rows)
    {
        Keys(problem, scratch, problem.KeysAt(segment, from, head), count);
        void* source = problem.ValuesAt(segment, from, head);
        float* values = scratch.Values;
        nint stride = scratch.ValueStride;
        if (MayStay(problem, rows))
        {
            stride = (nint)problem.KeyHeads * problem.ValueDim;
            values = (float*)source;
        }
        else
        {
            Values(problem, scratch, source, count);
        }

        return new() { From = from, Count = count, Keys = scratch.Keys, Values = values, ValueStride = stride };
    }

    /// <summary>Values of f32 whose rows are whole vectors may be read where they lie; read often, they had better lie close together.</summary>
    private static bool MayStay(in AttentionProblem problem, int rows) =>
        problem.Storage == Storage.F32 && problem.ValueDim % TSimd.Width == 0 && rows <= 2 * AttentionScratch.MaxRows;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Keys(in AttentionProblem problem, in AttentionScratch scratch, void* source, int count)
    {
        int d = problem.HeadDim, panel = Tile<TSimd, TVec>.Width, bytes = problem.Storage.Bytes();
        long stride = (long)problem.KeyHeads * d;
        float* target = scratch.Keys, gain = problem.KNorm is null ? null : scratch.KeyGain;
        for (int j = 0; j < count; j += panel, target += (nint)panel * d)
        {
            int take = Math.Min(panel, count - j), width = (take + TSimd.Width - 1) / TSimd.Width * TSimd.Width;
            void* next = problem.Storage.At(source, panel * stride);
            Prefetch.Rows(next, stride * bytes, Math.Min(panel, count - j - take), d * bytes);
            if (problem.Storage == Storage.F32 && gain is null)
            {
                Transpose.Run((float*)source, (nint)stride, take, d, target, width);
            }
            else
            {
                RowLoader.Load(problem.Storage, source, stride, take, d, gain, problem.Options.NormEpsilon, scratch.Rows, d);
                Transpose.Run(scratch.Rows, d, take, d, target, width);
            }

            source = next;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Values(in AttentionProblem problem, in AttentionScratch scratch, void* source, int count)
    {
        const int AtOnce = 16;
        int e = problem.ValueDim, width = scratch.ValueStride, bytes = problem.Storage.Bytes();
        long stride = (long)problem.KeyHeads * e;
        float* target = scratch.Values;
        for (int j = 0; j < count; j += AtOnce, target += (nint)AtOnce * width)
        {
            int take = Math.Min(AtOnce, count - j);
            void* next = problem.Storage.At(source, AtOnce * stride);
            Prefetch.Rows(next, stride * bytes, Math.Min(AtOnce, count - j - take), e * bytes);
            RowLoader.Load(problem.Storage, source, stride, take, e, null, 0, target, width);
            source = next;
        }
    }
}
