using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>max(x, 0); NaN stays NaN.</summary>
[Op("relu")]
public sealed partial record Relu(Value X) : UnaryOp(X)
{
    protected override double Apply(double x) => Math.Max(x, 0);

    protected override bool Accepts(DType dtype) => dtype.IsFloat() || IsSigned(dtype);

    protected override long Apply(long x) => Math.Max(x, 0);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Relu", 6);

    internal static IEnumerable<OpSample> Samples() => [.. UnarySamples.Floats(static (g, x) => g.Relu(x)), UnarySamples.For("i32", "i32[n]", static (g, x) => g.Relu(x)) with { IntRange = (-5, 6) }];
}
