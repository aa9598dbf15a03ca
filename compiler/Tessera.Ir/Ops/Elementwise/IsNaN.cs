using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Whether each float is no number.</summary>
[Op("is_nan")]
public sealed partial record IsNaN(Value X) : UnaryOp(X)
{
    protected override DType ResultDType(DType operand) => DType.Bool;

    private protected override RefTensor Map(RefTensor x) => RefTensor.Bools(x.Dims, [.. x.F.Select(double.IsNaN)]);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("IsNaN", 9);

    internal static IEnumerable<OpSample> Samples() =>
        [.. UnarySamples.Floats(static (g, x) => g.IsNaN(x)), UnarySamples.Special(static (g, x) => g.IsNaN(x))];
}
