using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>−1, 0 or 1 as x is below, at or above 0; NaN stays NaN.</summary>
[Op("sign")]
public sealed partial record Sign(Value X) : UnaryOp(X)
{
    public override OpTraits Traits => OpTraits.Exact;

    protected override double Apply(double x) => double.IsNaN(x) ? x : Math.Sign(x);

    protected override bool Accepts(DType dtype) => dtype.IsFloat() || dtype.IsInteger();

    protected override long Apply(long x) => Math.Sign(x);

    protected override ulong Apply(ulong x) => Math.Min(x, 1);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Sign", 9);

    internal static IEnumerable<OpSample> Samples() => [.. UnarySamples.Floats(static (g, x) => g.Sign(x)), .. UnarySamples.Integers(static (g, x) => g.Sign(x))];
}
