using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x where x &gt; 0, else <c>alpha</c> · (e^x − 1) (arXiv 1511.07289).</summary>
[Op("elu")]
public sealed partial record Elu(Value X) : UnaryOp(X)
{
    public Real Alpha { get; init; } = 1;

    protected override double Apply(double x) => x < 0 ? Alpha * (Math.Exp(x) - 1) : x;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Elu", 6, OnnxAttr.Of("alpha")).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. UnarySamples.Narrow(static (g, x) => g.Elu(x), -8, 8),
        UnarySamples.For("attributes", "f32[n, 4]", static (g, x) => g.Elu(x, 0.25)),
    ];
}
