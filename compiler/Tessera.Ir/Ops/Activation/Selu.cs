using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary><c>gamma</c> · x where x &gt; 0, else <c>gamma</c> · <c>alpha</c> · (e^x − 1) (arXiv 1706.02515).</summary>
[Op("selu")]
public sealed partial record Selu(Value X) : UnaryOp(X)
{
    public Real Alpha { get; init; } = 1.67326319217681884765625;

    public Real Gamma { get; init; } = 1.05070102214813232421875;

    protected override double Apply(double x) => Gamma * (x < 0 ? Alpha * (Math.Exp(x) - 1) : x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Selu", 6, OnnxAttr.Of("alpha"), OnnxAttr.Of("gamma")).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. UnarySamples.Narrow(static (g, x) => g.Selu(x), -8, 8),
        UnarySamples.For("attributes", "f32[n, 4]", static (g, x) => g.Selu(x, 0.25, 0.75)),
    ];
}
