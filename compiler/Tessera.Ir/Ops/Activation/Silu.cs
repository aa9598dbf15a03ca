using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x · σ(<c>alpha</c> · x), the sigmoid linear unit (arXiv 1606.08415, 1710.05941 with alpha).</summary>
[Op("silu")]
public sealed partial record Silu(Value X) : UnaryOp(X)
{
    public Real Alpha { get; init; } = 1;

    protected override double Apply(double x) => x / (1 + Math.Exp(-Alpha * x));

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        Value scaled = Alpha == 1 ? X : builder.Mul(X, builder.Float(X.DType, Alpha));
        return [builder.Mul(X, builder.Sigmoid(scaled))];
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Swish", 24, OnnxAttr.Of("alpha"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. UnarySamples.Floats(static (g, x) => g.Silu(x), -8, 8),
        UnarySamples.For("alpha", "f32[n, 4]", static (g, x) => g.Silu(x, 1.75)),
    ];
}
