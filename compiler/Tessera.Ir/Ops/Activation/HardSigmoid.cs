using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary><c>alpha</c> · x + <c>beta</c>, clamped to [0, 1].</summary>
[Op("hard_sigmoid")]
public sealed partial record HardSigmoid(Value X) : UnaryOp(X)
{
    public Real Alpha { get; init; } = 0.2;

    public Real Beta { get; init; } = 0.5;

    protected override double Apply(double x) => Math.Clamp((Alpha * x) + Beta, 0, 1);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("HardSigmoid", 6, OnnxAttr.Of("alpha"), OnnxAttr.Of("beta")).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. UnarySamples.Narrow(static (g, x) => g.HardSigmoid(x), -8, 8),
        UnarySamples.For("attributes", "f32[n, 4]", static (g, x) => g.HardSigmoid(x, 0.25, 0.75)),
    ];
}
