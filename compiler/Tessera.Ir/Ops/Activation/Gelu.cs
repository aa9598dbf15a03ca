using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Gaussian error linear unit (arXiv 1606.08415): <c>x · Φ(x)</c>, exact by erf or by the tanh approximation
/// <c>0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))</c>.
/// </summary>
[Op("gelu")]
public sealed partial record Gelu(Value X) : UnaryOp(X)
{
    private const double Cubic = 0.044715;

    /// <summary>Takes the tanh form.</summary>
    public bool Tanh { get; init; }

    protected override double Apply(double x) => Tanh
        ? 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (Cubic * x * x * x))))
        : 0.5 * x * SpecialFunctions.Erfc(-x / Math.Sqrt(2));

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        Value Number(double value) => builder.Float(X.DType, value);
        Value argument = Tanh
            ? builder.Mul(builder.Add(X, builder.Mul(builder.Mul(builder.Mul(X, X), X), Number(Cubic))), Number(Math.Sqrt(2 / Math.PI)))
            : builder.Mul(X, Number(Math.Sqrt(0.5)));
        Value curve = Tanh ? builder.Tanh(argument) : builder.Erf(argument);
        return [builder.Mul(builder.Mul(X, Number(0.5)), builder.Add(curve, Number(1)))];
    }

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Gelu", 20)
        {
            Attributes = [new OnnxAttr.Fixed("approximate", "none", IsDefault: true)],
            When = static op => !((Gelu)op).Tanh,
        },
        new OnnxRow("Gelu", 20)
        {
            Attributes = [new OnnxAttr.Fixed("approximate", "tanh")],
            When = static op => ((Gelu)op).Tanh,
        });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("erf", static g => [g.Gelu(g.In("x", "f32[n, 3]"))]) { Range = (-8, 8) },
        new("tanh", static g => [g.Gelu(g.In("x", "f32[n, 3]"), tanh: true)]) { Range = (-8, 8) },
        new("f16", static g => [g.Gelu(g.In("x", "f16[n]"))]),
        new("f64", static g => [g.Gelu(g.In("x", "f64[n]"))]) { NoRuntime = UnarySamples.NoKernel },
    ];
}
