using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>log(1 + e^x), without overflow.</summary>
[Op("softplus")]
public sealed partial record Softplus(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Stable(x);

    // log(1 + e^x) = max(x, 0) + log(1 + e^(−|x|)); the logarithm by its series where adding 1 would lose all digits.
    internal static double Stable(double x)
    {
        double small = Math.Exp(-Math.Abs(x));
        return Math.Max(x, 0) + (small < 1e-5 ? small - (small * small / 2) : Math.Log(1 + small));
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Softplus", 1).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Narrow(static (g, x) => g.Softplus(x), -8, 8);
}
