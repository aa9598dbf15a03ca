using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>−x; integers wrap around.</summary>
[Op("neg")]
public sealed partial record Neg(Value X) : UnaryOp(X)
{
    public override OpTraits Traits => OpTraits.RoundedOnce;

    protected override double Apply(double x) => -x;

    protected override bool Accepts(DType dtype) => dtype.IsFloat() || IsSigned(dtype);

    protected override long Apply(long x) => unchecked(-x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Neg", 6);

    internal static IEnumerable<OpSample> Samples() => [.. UnarySamples.Floats(static (g, x) => g.Neg(x)), .. UnarySamples.Integers(static (g, x) => g.Neg(x))];
}
