using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Simd;

/// <summary>Elementary functions on vectors. The polynomials are our own Chebyshev fits.</summary>
internal static class VectorMath<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    /// <summary>1.5·2²³: adding it rounds to a whole number, which then stands in the low bits.</summary>
    private const float Round = 12582912f;

    /// <summary>2ˣ for x ≤ 127, within 1 ulp; 0 below −126.5, so −∞ gives 0; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Exp2(TVec x)
    {
        // At −127 the power of two has no exponent left: it is 0.
        x = TSimd.Max(TSimd.All(-127f), x);
        TVec round = TSimd.All(Round);
        TVec t = TSimd.Add(x, round);
        TVec r = TSimd.Sub(x, TSimd.Sub(t, round));
        TVec p = TSimd.Fma(TSimd.All(1.5453163e-4f), r, TSimd.All(1.3390863e-3f));
        p = TSimd.Fma(p, r, TSimd.All(9.618083e-3f));
        p = TSimd.Fma(p, r, TSimd.All(5.550357e-2f));
        p = TSimd.Fma(p, r, TSimd.All(0.2402265f));
        p = TSimd.Fma(p, r, TSimd.All(0.6931472f));
        p = TSimd.Fma(p, r, TSimd.All(1f));
        return TSimd.Mul(p, TSimd.PowerOfTwo(t));
    }

    /// <summary>eˣ for x ≤ 80, within 2 ulp: the rounding of x · log₂e is made good to first order; −∞ gives 0, NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Exp(TVec x)
    {
        const float Log2E = 1.44269504f, Log2ERest = 1.9259630e-8f, Ln2 = 0.6931472f, Lowest = -200f;
        x = TSimd.Max(TSimd.All(Lowest), x);
        TVec high = TSimd.Mul(x, TSimd.All(Log2E));
        TVec low = TSimd.Fma(x, TSimd.All(Log2E), TSimd.Sub(TSimd.All(0), high));
        low = TSimd.Fma(x, TSimd.All(Log2ERest), low);
        TVec y = Exp2(high);
        return TSimd.Fma(TSimd.Mul(y, low), TSimd.All(Ln2), y);
    }

    /// <summary>tanh x, within 3 ulp; an odd polynomial near 0, where 1 − 2/(e²ˣ + 1) would cancel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Tanh(TVec x)
    {
        const float Saturated = 20f, TwoLog2E = 2.8853901f, Near = 0.625f;
        TVec u = TSimd.Mul(x, x);
        TVec p = TSimd.Fma(TSimd.All(2.292745e-3f), u, TSimd.All(-8.343945e-3f));
        p = TSimd.Fma(p, u, TSimd.All(2.1768918e-2f));
        p = TSimd.Fma(p, u, TSimd.All(-5.3959258e-2f));
        p = TSimd.Fma(p, u, TSimd.All(0.13333304f));
        p = TSimd.Fma(p, u, TSimd.All(-0.33333334f));
        TVec near = TSimd.Fma(TSimd.Mul(x, u), p, x);
        TVec a = TSimd.Abs(x);
        TVec e = Exp2(TSimd.Mul(TSimd.Min(TSimd.All(Saturated), a), TSimd.All(TwoLog2E)));
        TVec one = TSimd.All(1f);
        TVec far = TSimd.Sub(one, TSimd.Div(TSimd.All(2f), TSimd.Add(e, one)));
        return TSimd.CopySign(TSimd.SelectLess(a, TSimd.All(Near), near, far), x);
    }

    /// <summary>1 / (1 + e⁻ˣ), within 3 ulp on both sides of 0: e to a power above 0 is never taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Sigmoid(TVec x)
    {
        TVec one = TSimd.All(1f), e = Exp(TSimd.Sub(default, TSimd.Abs(x)));
        return TSimd.Div(TSimd.SelectLess(x, default, e, one), TSimd.Add(one, e));
    }

    /// <summary>
    /// Φ(x) = ½·erfc(−x/√2), within 8 ulp: the tail is e^(−x²/2) · t · P(t) with t = 1/(1 + |x|/4), and P our Chebyshev fit; the
    /// other side is 1 less it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec NormalCdf(TVec x)
    {
        TVec one = TSimd.All(1f), a = TSimd.Abs(x);
        TVec t = TSimd.Div(one, TSimd.Fma(a, TSimd.All(0.25f), one));
        TVec p = TSimd.Fma(TSimd.All(0.015383603f), t, TSimd.All(-0.056345463f));
        p = TSimd.Fma(p, t, TSimd.All(0.036615256f));
        p = TSimd.Fma(p, t, TSimd.All(0.048318084f));
        p = TSimd.Fma(p, t, TSimd.All(-0.0036779593f));
        p = TSimd.Fma(p, t, TSimd.All(0.09537557f));
        p = TSimd.Fma(p, t, TSimd.All(0.06901164f));
        p = TSimd.Fma(p, t, TSimd.All(0.09615087f));
        p = TSimd.Fma(p, t, TSimd.All(0.09941662f));
        p = TSimd.Fma(p, t, TSimd.All(0.09975179f));

        // What rounding took from a² is made good to first order; where a² overflows, the tail is 0 without it.
        a = TSimd.Min(TSimd.All(1e4f), a);
        TVec square = TSimd.Mul(a, a), rest = TSimd.Fma(a, a, TSimd.Sub(default, square));
        TVec tail = TSimd.Mul(TSimd.Mul(p, t), Exp(TSimd.Mul(square, TSimd.All(-0.5f))));
        tail = TSimd.Fma(TSimd.Mul(rest, TSimd.All(-0.5f)), tail, tail);
        return TSimd.SelectLess(x, default, tail, TSimd.Sub(one, tail));
    }
}
