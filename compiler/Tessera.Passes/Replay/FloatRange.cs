using Tessera.Ir;

namespace Tessera.Passes.Replay;

/// <summary>The ends of floating-point types.</summary>
internal static class FloatRange
{
    private static readonly double[] s_none = [1];
    private static readonly double[] s_double = [double.MaxValue, 2.2250738585072014e-308, double.Epsilon];
    private static readonly double[] s_single = [float.MaxValue, 1.17549435e-38, float.Epsilon];
    private static readonly double[] s_half = [65504, 6.103515625e-05, 5.9604644775390625e-08];
    private static readonly double[] s_brain = [3.3895313892515355e38, 1.1754943508222875e-38, 9.183549615799121e-41];

    /// <summary>The largest number, the smallest normal one and the smallest of all; of types of eight bits and fewer, 1.</summary>
    public static IReadOnlyList<double> Ends(DType dtype) => dtype switch
    {
        DType.F64 => s_double,
        DType.F32 => s_single,
        DType.F16 => s_half,
        DType.BF16 => s_brain,
        _ => s_none,
    };
}
