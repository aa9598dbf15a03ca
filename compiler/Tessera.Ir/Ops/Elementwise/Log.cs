using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Natural logarithm; −∞ at 0, NaN below.</summary>
[Op("log")]
public sealed partial record Log(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Log(x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Log", 6);

    internal static IEnumerable<OpSample> Samples() => UnarySamples.Floats(static (g, x) => g.Log(x), 0.1, 9);
}
