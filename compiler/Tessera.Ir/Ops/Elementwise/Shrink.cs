using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x + bias below −lambd, x − bias above lambd, and 0 between; NaN gives 0.</summary>
[Op("shrink")]
public sealed partial record Shrink(Value X) : UnaryOp(X)
{
    public Real Lambd { get; init; } = 0.5;

    public Real Bias { get; init; }

    protected override bool Accepts(DType dtype) => dtype.IsFloat() || dtype.IsInteger();

    protected override double Apply(double x) => x < -Lambd.Value ? x + Bias.Value : x > Lambd.Value ? x - Bias.Value : 0;

    protected override long Apply(long x) => (long)Apply((double)x);

    protected override ulong Apply(ulong x) => (ulong)Apply((double)x);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Shrink", 9, OnnxAttr.Of("lambd"), OnnxAttr.Of("bias"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. UnarySamples.Floats(static (g, x) => g.Shrink(x, 1.5, 1.5)),
        UnarySamples.For("hard", "f32[n]", static (g, x) => g.Shrink(x)),
        UnarySamples.For("i32", "i32[n, 2]", static (g, x) => g.Shrink(x, 1.5, 1)) with { IntRange = (-5, 6) },
    ];
}
