using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Arc cosine, in [0, π]; NaN outside [−1, 1].</summary>
[Op("acos")]
public sealed partial record Acos(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Acos(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Acos", 7).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Narrow(static (g, x) => g.Acos(x), -1, 1);
}
