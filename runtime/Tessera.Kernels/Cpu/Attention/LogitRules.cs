using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>What happens to logits [rows, keys] between product and softmax: soft cap, then bias, then mask.</summary>
internal static unsafe class LogitRules<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    public const float Log2E = 1.44269504f;

    /// <summary>s → c · tanh(s / c), both in units of log 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softcap(float* logits, int rows, int lanes, float cap)
    {
        TVec c = TSimd.All(cap * Log2E), inverse = TSimd.All(1 / (cap * Log2E));
        for (int i = 0; i < rows; i++, logits += AttentionScratch.MaxKeys)
        {
            for (int x = 0; x < lanes; x += TSimd.Width)
                TSimd.Store(TSimd.Mul(c, VectorMath<TSimd, TVec>.Tanh(TSimd.Mul(TSimd.Load(logits + x), inverse))), logits + x);
        }
    }

    /// <summary>Adds bias[head, clamp(j − i, −R, R) + R].</summary>
    /// <param name="problem">With the bias.</param>
    /// <param name="scratch">With the logits.</param>
    /// <param name="rows">The queries.</param>
    /// <param name="key">First key of the step, from the segment's start.</param>
    /// <param name="keys">Keys in the step.</param>
    /// <param name="lanes">Keys, to whole vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddBias(in AttentionProblem problem, in AttentionScratch scratch, in RowBlock rows, int key, int keys, int lanes)
    {
        int radius = problem.BiasRadius;
        long row = (long)rows.Head * ((2L * radius) + 1);
        int first = key - (rows.Query + rows.Count - 1), count = keys + rows.Count - 1;
        for (int t = 0; t < count; t++)
            scratch.Bias[t] = problem.Storage.Read(problem.Bias, row + Math.Clamp(first + t, -radius, radius) + radius) * Log2E;
        for (int i = 0; i < rows.Count; i++)
        {
            float* logits = scratch.Logits + ((nint)i * AttentionScratch.MaxKeys), bias = scratch.Bias + (rows.Count - 1 - i);
            for (int x = 0; x < lanes; x += TSimd.Width)
                TSimd.Store(TSimd.Add(TSimd.Load(logits + x), TSimd.Load(bias + x)), logits + x);
        }
    }

    /// <summary>Sets to −∞ what a row may not see.</summary>
    /// <param name="scratch">With the logits.</param>
    /// <param name="options">With the window.</param>
    /// <param name="rows">The queries.</param>
    /// <param name="key">First key of the step.</param>
    /// <param name="keys">Keys in the step.</param>
    /// <param name="lanes">Keys, to whole vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mask(in AttentionScratch scratch, in AttentionOptions options, in RowBlock rows, int key, int keys, int lanes)
    {
        TVec hidden = TSimd.All(float.NegativeInfinity);
        for (int i = 0; i < rows.Count; i++)
        {
            KeyRange visible = KeyRange.VisibleTo((long)rows.Query + i, options, key + keys);
            scratch.First[i] = Math.Max(visible.From - key, 0);
            scratch.Last[i] = Math.Max(visible.To - key, 0) - 1;
            TVec first = TSimd.All(scratch.First[i]), last = TSimd.All(scratch.Last[i]);
            float* logits = scratch.Logits + ((nint)i * AttentionScratch.MaxKeys);
            for (int x = 0; x < lanes; x += TSimd.Width)
            {
                TVec index = TSimd.Add(TSimd.Indices, TSimd.All(x));
                TVec s = TSimd.Load(logits + x);
                s = TSimd.SelectLess(index, first, hidden, s);
                TSimd.Store(TSimd.SelectLess(last, index, hidden, s), logits + x);
            }
        }
    }

    /// <summary>Sets to −∞ what follows the first <paramref name="count"/> logits of the last vector of each row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void HideTail(float* logits, int rows, int count)
    {
        TVec hidden = TSimd.All(float.NegativeInfinity), last = TSimd.All(count - 1);
        for (int i = 0; i < rows; i++, logits += AttentionScratch.MaxKeys)
            TSimd.Store(TSimd.SelectLess(last, TSimd.Indices, hidden, TSimd.Load(logits)), logits);
    }
}
