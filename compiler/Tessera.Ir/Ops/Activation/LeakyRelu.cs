using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x where x ≥ 0, else <c>alpha</c> · x.</summary>
[Op("leaky_relu")]
public sealed partial record LeakyRelu(Value X) : UnaryOp(X)
{
    public Real Alpha { get; init; } = 0.01;

    protected override double Apply(double x) => x < 0 ? Alpha * x : x;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("LeakyRelu", 6, OnnxAttr.Of("alpha"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. UnarySamples.Narrow(static (g, x) => g.LeakyRelu(x), -8, 8),
        UnarySamples.For("attributes", "f32[n, 4]", static (g, x) => g.LeakyRelu(x, 0.25)),
    ];
}
