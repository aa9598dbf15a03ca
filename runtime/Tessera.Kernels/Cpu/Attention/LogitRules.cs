using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>What happens to logits [keys, lanes] between product and softmax: soft cap, then bias, then mask.</summary>
internal static unsafe class LogitRules<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    public const float Log2E = 1.44269504f;

    /// <summary>s → c · tanh(s / c), both in units of log 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softcap(float* logits, int keys, int lanes, float cap)
    {
        TVec c = TSimd.All(cap * Log2E), inverse = TSimd.All(1 / (cap * Log2E));
        for (float* p = logits, end = logits + ((nint)keys * lanes); p < end; p += TSimd.Width)
            TSimd.Store(TSimd.Mul(c, VectorMath<TSimd, TVec>.Tanh(TSimd.Mul(TSimd.Load(p), inverse))), p);
    }

    /// <summary>Adds bias[head, clamp(j − i, −R, R) + R].</summary>
    /// <param name="problem">With the bias.</param>
    /// <param name="scratch">With the logits.</param>
    /// <param name="head">Query head.</param>
    /// <param name="query">First query of the lanes, from the segment's start.</param>
    /// <param name="key">First key of the step, from the segment's start.</param>
    /// <param name="keys">Keys in the step.</param>
    /// <param name="lanes">Lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddBias(
        in AttentionProblem problem, in AttentionScratch scratch, int head, int query, int key, int keys, int lanes)
    {
        int radius = problem.BiasRadius;
        long row = (long)head * ((2L * radius) + 1);
        int first = query - (key + keys - 1), count = keys + lanes - 1;
        for (int t = 0; t < count; t++)
        {
            int distance = Math.Clamp(-(first + t), -radius, radius);
            scratch.Bias[t] = problem.Storage.Read(problem.Bias, row + distance + radius) * Log2E;
        }

        for (int j = 0; j < keys; j++)
        {
            float* logits = scratch.Logits + ((nint)j * lanes), bias = scratch.Bias + (keys - 1 - j);
            for (int x = 0; x < lanes; x += TSimd.Width)
                TSimd.Store(TSimd.Add(TSimd.Load(logits + x), TSimd.Load(bias + x)), logits + x);
        }
    }

    /// <summary>Sets to −∞ what a lane may not see.</summary>
    /// <param name="scratch">With the logits.</param>
    /// <param name="options">With the window.</param>
    /// <param name="query">First query of the lanes.</param>
    /// <param name="key">First key of the step.</param>
    /// <param name="keys">Keys in the step.</param>
    /// <param name="lanes">Lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mask(in AttentionScratch scratch, in AttentionOptions options, int query, int key, int keys, int lanes)
    {
        for (int x = 0; x < lanes; x++)
        {
            KeyRange visible = KeyRange.VisibleTo((long)query + x, options, key + keys);
            scratch.First[x] = Math.Max(visible.From - key, 0);
            scratch.Last[x] = Math.Max(visible.To - key, 0) - 1;
        }

        TVec hidden = TSimd.All(float.NegativeInfinity);
        for (int j = 0; j < keys; j++)
        {
            float* logits = scratch.Logits + ((nint)j * lanes);
            TVec index = TSimd.All(j);
            for (int x = 0; x < lanes; x += TSimd.Width)
            {
                TVec s = TSimd.Load(logits + x);
                s = TSimd.SelectLess(index, TSimd.Load(scratch.First + x), hidden, s);
                TSimd.Store(TSimd.SelectLess(TSimd.Load(scratch.Last + x), index, hidden, s), logits + x);
            }
        }
    }
}
