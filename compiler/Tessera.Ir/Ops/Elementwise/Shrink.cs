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

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("Shrink", 9)
    {
        Attributes = [OnnxAttr.Of("lambd"), OnnxAttr.Of("bias")],
        When = static op => ((Shrink)op).X.DType != DType.BF16,
    });

    /// <summary>For bf16, which ONNX's op lacks.</summary>
    public override IReadOnlyList<Value>? Decompose(GraphBuilder builder)
    {
        if (!X.DType.IsFloat())
        {
            return null;
        }

        Value x = Widening.Up(builder, X);
        Value bias = builder.Float(x.DType, Bias);
        Value above = builder.Where(
            builder.Greater(x, builder.Float(x.DType, Lambd)), builder.Sub(x, bias), builder.Float(x.DType, 0));
        Value result = builder.Where(builder.Less(x, builder.Float(x.DType, -Lambd.Value)), builder.Add(x, bias), above);
        return [Widening.To(builder, result, X.DType)];
    }

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. UnarySamples.Narrow(static (g, x) => g.Shrink(x, 1.5, 1.5)),
        UnarySamples.For("hard", "f32[n]", static (g, x) => g.Shrink(x)),
        UnarySamples.For("i32", "i32[n, 2]", static (g, x) => g.Shrink(x, 1.5, 1)) with { IntRange = (-5, 6) },
    ];
}
