using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>|x|; the least integer of its type stays as it is.</summary>
[Op("abs")]
public sealed partial record Abs(Value X) : UnaryOp(X)
{
    public override OpTraits Traits => OpTraits.RoundedOnce;

    protected override double Apply(double x) => Math.Abs(x);

    protected override bool Accepts(DType dtype) => dtype.IsFloat() || dtype.IsInteger();

    protected override long Apply(long x) => x < 0 ? unchecked(-x) : x;

    protected override ulong Apply(ulong x) => x;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Abs", 6);

    internal static IEnumerable<OpSample> Samples() => [.. UnarySamples.Floats(static (g, x) => g.Abs(x)), .. UnarySamples.Integers(static (g, x) => g.Abs(x))];
}
