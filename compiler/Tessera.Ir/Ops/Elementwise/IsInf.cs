using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Whether each float is infinite; one of the two infinities may be left out.</summary>
[Op("is_inf")]
public sealed partial record IsInf(Value X) : UnaryOp(X)
{
    public bool DetectNegative { get; init; } = true;

    public bool DetectPositive { get; init; } = true;

    protected override DType ResultDType(DType operand) => DType.Bool;

    private protected override RefTensor Map(RefTensor x) => RefTensor.Bools(
        x.Dims,
        [.. x.F.Select(v => (DetectNegative && double.IsNegativeInfinity(v)) || (DetectPositive && double.IsPositiveInfinity(v)))]);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple(
        "IsInf",
        10,
        new OnnxAttr.Direct("detect_negative", "detect_negative"),
        new OnnxAttr.Direct("detect_positive", "detect_positive")).TakesFrom(20, DType.F16, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        UnarySamples.Special(static (g, x) => g.IsInf(x)),
        UnarySamples.Special(static (g, x) => g.IsInf(x, detectNegative: false)) with { Name = "positive" },
        UnarySamples.Special(static (g, x) => g.IsInf(x, detectPositive: false)) with { Name = "negative" },
        UnarySamples.For("f64", "f64[n]", static (g, x) => g.IsInf(x)),
    ];
}
