using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>Between an expert's matrices, in place: h = act(lim(u + b)), or act(min(g, limit)) · (clamp(v, ±limit) + beta).</summary>
internal static unsafe class ExpertActivation<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    /// <param name="options">The function.</param>
    /// <param name="scratch">With u, or g and v, and their biases; h takes the place of the first.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns; up to a whole vector, those after them may be overwritten.</param>
    public static void Run(in ExpertOptions options, in ExpertScratch scratch, int rows, int columns)
    {
        switch (options.Activation)
        {
            case Activation.Relu: Rows<Relu>(options, scratch, rows, columns); break;
            case Activation.Gelu: Rows<Gelu>(options, scratch, rows, columns); break;
            case Activation.GeluTanh: Rows<GeluTanh>(options, scratch, rows, columns); break;
            case Activation.Silu: Rows<Silu>(options, scratch, rows, columns); break;
            default: Rows<Identity>(options, scratch, rows, columns); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows<TFunction>(in ExpertOptions options, in ExpertScratch scratch, int rows, int columns)
        where TFunction : struct, IFunction
    {
        for (int i = 0; i < rows; i++)
        {
            float* g = scratch.Gate + ((nint)i * scratch.StrideHidden), v = scratch.Value + ((nint)i * scratch.StrideHidden);
            if (options.IsGated)
                Gated<TFunction>(options, g, v, scratch.GateBias, scratch.ValueBias, columns);
            else
                Plain<TFunction>(options, g, scratch.GateBias, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Plain<TFunction>(in ExpertOptions options, float* u, float* bias, int columns)
        where TFunction : struct, IFunction
    {
        TVec alpha = TSimd.All(options.Alpha), limit = TSimd.All(Limit(options));
        for (int i = 0; i < columns; i += TSimd.Width)
        {
            TVec x = TSimd.Add(TSimd.Load(u + i), TSimd.Load(bias + i));
            TSimd.Store(TFunction.Of(AtMost(x, limit), alpha), u + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gated<TFunction>(in ExpertOptions options, float* g, float* v, float* gateBias, float* valueBias, int columns)
        where TFunction : struct, IFunction
    {
        float limited = Limit(options);
        TVec alpha = TSimd.All(options.Alpha), beta = TSimd.All(options.Beta), limit = TSimd.All(limited), lowest = TSimd.All(-limited);
        for (int i = 0; i < columns; i += TSimd.Width)
        {
            TVec x = TSimd.Add(TSimd.Load(g + i), TSimd.Load(gateBias + i));
            TVec y = AtMost(TSimd.Add(TSimd.Load(v + i), TSimd.Load(valueBias + i)), limit);
            y = TSimd.SelectLess(y, lowest, lowest, y);
            TSimd.Store(TSimd.Mul(TFunction.Of(AtMost(x, limit), alpha), TSimd.Add(y, beta)), g + i);
        }
    }

    private static float Limit(in ExpertOptions options) => options.Limit > 0 ? options.Limit : float.PositiveInfinity;

    /// <summary>The smaller one; a NaN in x stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec AtMost(TVec x, TVec limit) => TSimd.SelectLess(limit, x, limit, x);

    private interface IFunction
    {
        static abstract TVec Of(TVec x, TVec alpha);
    }

    private readonly struct Identity : IFunction
    {
        public static TVec Of(TVec x, TVec alpha) => x;
    }

    private readonly struct Relu : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVec Of(TVec x, TVec alpha) => TSimd.SelectLess(x, default, default, x);
    }

    private readonly struct Silu : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVec Of(TVec x, TVec alpha) => TSimd.Mul(x, VectorMath<TSimd, TVec>.Sigmoid(TSimd.Mul(x, alpha)));
    }

    private readonly struct Gelu : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVec Of(TVec x, TVec alpha) => TSimd.Mul(x, VectorMath<TSimd, TVec>.NormalCdf(x));
    }

    private readonly struct GeluTanh : IFunction
    {
        /// <summary>½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), by (1 + tanh z)/2 = σ(2z).</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVec Of(TVec x, TVec alpha)
        {
            const float TwoRootTwoOverPi = 1.5957691f, Cubic = 0.044715f;
            TVec cube = TSimd.Mul(TSimd.Mul(x, x), TSimd.All(Cubic));
            TVec z = TSimd.Mul(TSimd.Fma(cube, x, x), TSimd.All(TwoRootTwoOverPi));
            return TSimd.Mul(x, VectorMath<TSimd, TVec>.Sigmoid(z));
        }
    }
}
