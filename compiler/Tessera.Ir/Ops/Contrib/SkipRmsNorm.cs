using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// A residual sum and its RMS norm in one pass over memory: <c>x[…, d], skip[…, d] → rms_norm(x + skip), x + skip</c>.
/// ONNX Runtime's <c>com.microsoft.SkipSimplifiedLayerNormalization</c>, which its own optimiser never makes.
/// </summary>
[Op("skip_rms_norm")]
public sealed partial record SkipRmsNorm(Value X, Value Skip, Value Weight) : Op
{
    public Real Epsilon { get; init; } = 1e-6;

    public override int OutputCount => 2;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => SkipNorm.InferTypes(context, X, Skip, Weight, null);

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor sum = SkipNorm.Sum(context);
        return [NormOracle.Rms(sum, context.Tensor(2), Epsilon), sum];
    }

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        Value sum = builder.Add(X, Skip);
        return [builder.RmsNorm(sum, Weight, Epsilon), sum];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => SkipNorm.Batch(context);

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("SkipSimplifiedLayerNormalization", 1)
    {
        Domain = "com.microsoft",
        Outputs = [0, 3],
        Attributes = [new OnnxAttr.Direct("epsilon", "epsilon", new Real(1e-12))],
        When = static op => op.Operands[0] is { DType: not DType.BF16 },
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("rows", static g => g.SkipRmsNorm(g.In("x", "f32[n, 8]"), g.In("skip", "f32[n, 8]"), g.In("w", "f32[8]"))),
        new("batched", static g => g.SkipRmsNorm(g.In("x", "f32[2, n, 4]"), g.In("skip", "f32[2, n, 4]"), g.In("w", "f32[4]"), 0.5)),
        new("f16", static g => g.SkipRmsNorm(g.In("x", "f16[n, 8]"), g.In("skip", "f16[n, 8]"), g.In("w", "f16[8]"))),
    ];
}
