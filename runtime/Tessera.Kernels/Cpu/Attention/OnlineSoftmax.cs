using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>
/// The softmax over keys, step by step, with keys in the lanes (Milakov and Gimelshein, arXiv 1805.02867). Logits are in
/// units of log 2. A row that has seen no key but −∞ keeps a total of 0.
/// </summary>
internal static unsafe class OnlineSoftmax<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    /// <summary>Floats from one row's totals to the next.</summary>
    private const int Lanes = 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Start(in RowBlock rows)
    {
        TVec lowest = TSimd.All(float.NegativeInfinity), zero = TSimd.All(0);
        for (int i = 0; i < AttentionScratch.MaxRows; i += TSimd.Width)
            TSimd.Store(lowest, rows.Max + i);
        for (int i = 0; i < rows.Count; i++)
            TSimd.Store(zero, rows.Total + ((nint)i * Lanes));
    }

    /// <summary>Turns the logits [rows, lanes] of a step into 2^(logit − max) and says how to rescale earlier sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Step(in AttentionScratch scratch, in RowBlock rows, int lanes)
    {
        Largest(scratch.Logits, rows.Count, lanes, scratch.Largest);
        TVec lowest = TSimd.All(float.NegativeInfinity), zero = TSimd.All(0);
        for (int i = 0; i < rows.Count; i += TSimd.Width)
        {
            TVec before = TSimd.Load(rows.Max + i), max = TSimd.Max(before, TSimd.Load(scratch.Largest + i));
            TVec shift = TSimd.SelectEqual(max, lowest, zero, max);
            TSimd.Store(max, rows.Max + i);
            TSimd.Store(shift, scratch.Shift + i);
            TSimd.Store(VectorMath<TSimd, TVec>.Exp2(TSimd.Sub(before, shift)), scratch.Rescale + i);
        }

        float* logits = scratch.Logits, total = rows.Total;
        for (int i = 0; i < rows.Count; i++, logits += AttentionScratch.MaxKeys, total += Lanes)
        {
            TVec sum = Exponentials(logits, lanes, TSimd.All(scratch.Shift[i]));
            TSimd.Store(TSimd.Fma(TSimd.Load(total), TSimd.All(scratch.Rescale[i]), sum), total);
        }
    }

    /// <summary>The sum of a row's exponentials.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Total(in RowBlock rows, int row) => TSimd.Sum(TSimd.Load(rows.Total + ((nint)row * Lanes)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Largest(float* logits, int rows, int lanes, float* result)
    {
        for (int i = 0; i < rows; i++, logits += AttentionScratch.MaxKeys)
        {
            TVec a = TSimd.Load(logits), b = a;
            int x = TSimd.Width;
            for (; x <= lanes - (2 * TSimd.Width); x += 2 * TSimd.Width)
            {
                a = TSimd.Max(a, TSimd.Load(logits + x));
                b = TSimd.Max(b, TSimd.Load(logits + x + TSimd.Width));
            }

            if (x < lanes)
                a = TSimd.Max(a, TSimd.Load(logits + x));
            result[i] = TSimd.Largest(TSimd.Max(a, b));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Exponentials(float* logits, int lanes, TVec shift)
    {
        TVec a = TSimd.All(0), b = a;
        int x = 0;
        for (; x <= lanes - (2 * TSimd.Width); x += 2 * TSimd.Width)
        {
            TVec p = VectorMath<TSimd, TVec>.Exp2(TSimd.Sub(TSimd.Load(logits + x), shift));
            TVec q = VectorMath<TSimd, TVec>.Exp2(TSimd.Sub(TSimd.Load(logits + x + TSimd.Width), shift));
            TSimd.Store(p, logits + x);
            TSimd.Store(q, logits + x + TSimd.Width);
            a = TSimd.Add(a, p);
            b = TSimd.Add(b, q);
        }

        if (x < lanes)
        {
            TVec p = VectorMath<TSimd, TVec>.Exp2(TSimd.Sub(TSimd.Load(logits + x), shift));
            TSimd.Store(p, logits + x);
            a = TSimd.Add(a, p);
        }

        return TSimd.Add(a, b);
    }
}
