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
        long token = (long)problem.CuK[segment] + from;
        Keys(problem, scratch, token, head, count);
        float* values = scratch.Values;
        nint stride = scratch.ValueStride;
        if (MayStay(problem, rows))
        {
            stride = (nint)problem.KeyHeads * problem.ValueDim;
            values = (float*)problem.V + (token * stride) + ((long)head * problem.ValueDim);
        }
        else
        {
            Values(problem, scratch, token, head, count);
        }

        return new() { From = from, Count = count, Keys = scratch.Keys, Values = values, ValueStride = stride };
    }

    /// <summary>Values of f32 whose rows are whole vectors may be read where they lie; read often, they had better lie close together.</summary>
    private static bool MayStay(in AttentionProblem problem, int rows) =>
        problem.Storage == Storage.F32 && problem.ValueDim % TSimd.Width == 0 && rows <= 2 * AttentionScratch.MaxRows;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Keys(in AttentionProblem problem, in AttentionScratch scratch, long token, int head, int count)
    {
        int d = problem.HeadDim, panel = Tile<TSimd, TVec>.Width;
        long stride = (long)problem.KeyHeads * d;
        float* target = scratch.Keys, gain = problem.KNorm is null ? null : scratch.KeyGain;
        for (int j = 0; j < count; j += panel, target += (nint)panel * d)
        {
            int take = Math.Min(panel, count - j), width = (take + TSimd.Width - 1) / TSimd.Width * TSimd.Width;
            void* source = problem.Storage.At(problem.K, ((token + j) * stride) + ((long)head * d));
            if (problem.Storage == Storage.F32 && gain is null)
            {
                Transpose.Run((float*)source, (nint)stride, take, d, target, width);
                continue;
            }

            RowLoader.Load(problem.Storage, source, stride, take, d, gain, problem.Options.NormEpsilon, scratch.Rows, d);
            Transpose.Run(scratch.Rows, d, take, d, target, width);
        }
    }

    private static void Values(in AttentionProblem problem, in AttentionScratch scratch, long token, int head, int count)
    {
        int e = problem.ValueDim, width = scratch.ValueStride;
        long stride = (long)problem.KeyHeads * e;
        void* source = problem.Storage.At(problem.V, (token * stride) + ((long)head * e));
        RowLoader.Load(problem.Storage, source, stride, count, e, null, 0, scratch.Values, width);
        for (int j = 0; e < width && j < count; j++)
            new Span<float>(scratch.Values + ((nint)j * width) + e, width - e).Clear();
    }
}
