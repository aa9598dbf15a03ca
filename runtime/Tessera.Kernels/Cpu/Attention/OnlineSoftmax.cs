using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>
/// The softmax over keys, step by step, with queries in the lanes (Milakov and Gimelshein, arXiv 1805.02867).
/// Logits are in units of log 2. A lane that has seen no key but −∞ keeps a total of 0.
/// </summary>
internal static unsafe class OnlineSoftmax<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    public static void Start(in AttentionScratch scratch, int lanes)
    {
        for (int x = 0; x < lanes; x++)
        {
            scratch.Max[x] = float.NegativeInfinity;
            scratch.Total[x] = 0;
        }
    }

    /// <summary>Turns the logits [keys, lanes] of a step into 2^(logit − max) and says how to rescale earlier sums.</summary>
    public static void Step(in AttentionScratch scratch, int keys, int lanes)
    {
        for (int x = 0; x < lanes; x += TSimd.Width)
        {
            float* logits = scratch.Logits + x;
            TVec before = TSimd.Load(scratch.Max + x);
            TVec max = TSimd.Max(before, Largest(logits, keys, lanes));
            TVec shift = TSimd.SelectEqual(max, TSimd.All(float.NegativeInfinity), TSimd.All(0), max);
            TVec rescale = VectorMath<TSimd, TVec>.Exp2(TSimd.Sub(before, shift));
            TVec total = Exponentials(logits, keys, lanes, shift);
            TSimd.Store(max, scratch.Max + x);
            TSimd.Store(rescale, scratch.Rescale + x);
            TSimd.Store(TSimd.Fma(TSimd.Load(scratch.Total + x), rescale, total), scratch.Total + x);
        }
    }

    /// <summary>Divides the sums [valueDim, lanes] by the totals; a lane without any visible key gives 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Finish(in AttentionScratch scratch, int valueDim, int lanes)
    {
        for (int x = 0; x < lanes; x += TSimd.Width)
        {
            TVec zero = TSimd.All(0), total = TSimd.Load(scratch.Total + x);
            TVec inverse = TSimd.Div(TSimd.All(1), total);
            float* sum = scratch.Sum + x;
            for (int e = 0; e < valueDim; e++, sum += lanes)
                TSimd.Store(TSimd.SelectEqual(total, zero, zero, TSimd.Mul(TSimd.Load(sum), inverse)), sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TVec Largest(float* logits, int keys, int lanes)
    {
        TVec a = TSimd.All(float.NegativeInfinity), b = a;
        int j = 0;
        for (; j <= keys - 2; j += 2, logits += 2 * lanes)
        {
            a = TSimd.Max(a, TSimd.Load(logits));
            b = TSimd.Max(b, TSimd.Load(logits + lanes));
        }

        return TSimd.Max(a, j < keys ? TSimd.Max(b, TSimd.Load(logits)) : b);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TVec Exponentials(float* logits, int keys, int lanes, TVec shift)
    {
        TVec a = TSimd.All(0), b = a;
        int j = 0;
        for (; j <= keys - 2; j += 2, logits += 2 * lanes)
        {
            TVec x = VectorMath<TSimd, TVec>.Exp2(TSimd.Sub(TSimd.Load(logits), shift));
            TVec y = VectorMath<TSimd, TVec>.Exp2(TSimd.Sub(TSimd.Load(logits + lanes), shift));
            TSimd.Store(x, logits);
            TSimd.Store(y, logits + lanes);
            a = TSimd.Add(a, x);
            b = TSimd.Add(b, y);
        }

        if (j < keys)
        {
            TVec x = VectorMath<TSimd, TVec>.Exp2(TSimd.Sub(TSimd.Load(logits), shift));
            TSimd.Store(x, logits);
            a = TSimd.Add(a, x);
        }

        return TSimd.Add(a, b);
    }
}
