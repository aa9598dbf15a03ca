using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x where x &gt; 0, else <c>alpha</c> · (e^(x / <c>alpha</c>) − 1) (arXiv 1704.07483).</summary>
[Op("celu")]
public sealed partial record Celu(Value X) : UnaryOp(X)
{
    public Real Alpha { get; init; } = 1;

    protected override double Apply(double x) => x < 0 ? Alpha * (Math.Exp(x / Alpha) - 1) : x;

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        Value alpha = builder.Float(X.DType, Alpha);
        Value zero = builder.Float(X.DType, 0);
        Value below = builder.Sub(builder.Exp(builder.Div(builder.Min(X, zero), alpha)), builder.Float(X.DType, 1));
        return [builder.Add(builder.Max(X, zero), builder.Mul(alpha, below))];
    }

    // ONNX has it for f32 alone.
    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("Celu", 12)
    {
        Attributes = [OnnxAttr.Of("alpha")],
        When = static op => ((Celu)op).X.DType == DType.F32,
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. UnarySamples.Floats(static (g, x) => g.Celu(x), -8, 8),
        UnarySamples.For("attributes", "f32[n, 4]", static (g, x) => g.Celu(x, 0.5)),
    ];
}
