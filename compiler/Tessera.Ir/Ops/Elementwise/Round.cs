using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The nearest integer, ties to the even one.</summary>
[Op("round")]
public sealed partial record Round(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Round(x, MidpointRounding.ToEven);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Round", 11).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. UnarySamples.Floats(static (g, x) => g.Round(x)),
        UnarySamples.For("ties", "f32[6]", static (g, x) => g.Round(x)) with
        {
            Fixed = new Dictionary<string, RefTensor> { ["x"] = RefTensor.Floats(DType.F32, [6], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]) },
        },
    ];
}
