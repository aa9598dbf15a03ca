using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x where x &gt; <c>alpha</c>, else 0.</summary>
[Op("thresholded_relu")]
public sealed partial record ThresholdedRelu(Value X) : UnaryOp(X)
{
    public Real Alpha { get; init; } = 1;

    protected override double Apply(double x) => x > Alpha ? x : 0;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("ThresholdedRelu", 10, OnnxAttr.Of("alpha")).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. UnarySamples.Narrow(static (g, x) => g.ThresholdedRelu(x), -8, 8),
        UnarySamples.For("attributes", "f32[n, 4]", static (g, x) => g.ThresholdedRelu(x, 0.25)),
    ];
}
