using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Negation of truth values.</summary>
[Op("not")]
public sealed partial record Not(Value X) : UnaryOp(X)
{
    protected override bool Accepts(DType dtype) => dtype == DType.Bool;

    private protected override RefTensor Map(RefTensor x) => RefTensor.Bools(x.Dims, [.. x.B.Select(static b => !b)]);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Not", 1);

    internal static IEnumerable<OpSample> Samples() => [UnarySamples.For("bool", "bool[n, 3]", static (g, x) => g.Not(x))];
}
