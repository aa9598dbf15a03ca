using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// A residual sum and its layer norm in one pass over memory: <c>x[…, d], skip[…, d] → layer_norm(x + skip), x + skip</c>.
/// ONNX Runtime's <c>com.microsoft.SkipLayerNormalization</c>; its own optimiser makes it of rank-3 tensors only.
/// </summary>
[Op("skip_layer_norm")]
public sealed partial record SkipLayerNorm(Value X, Value Skip, Value Weight, Value? Bias = null) : Op
{
    public Real Epsilon { get; init; } = 1e-5;

    public override int OutputCount => 2;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => SkipNorm.InferTypes(context, X, Skip, Weight, Bias);

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor sum = SkipNorm.Sum(context);
        return [NormOracle.Layer(sum, context.Tensor(2), context.OptionalTensor(3), Epsilon), sum];
    }

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        Value sum = builder.Add(X, Skip);
        return [builder.LayerNorm(sum, Weight, Bias, Epsilon), sum];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => SkipNorm.Batch(context);

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("SkipLayerNormalization", 1)
    {
        Domain = "com.microsoft",
        Outputs = [0, 3],
        Attributes = [new OnnxAttr.Direct("epsilon", "epsilon", new Real(1e-12))],
        When = static op => op.Operands[0] is { DType: not DType.BF16 },
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("rows", static g => g.SkipLayerNorm(g.In("x", "f32[n, 8]"), g.In("skip", "f32[n, 8]"), g.In("w", "f32[8]"), g.In("b", "f32[8]"))),
        new("no bias", static g => g.SkipLayerNorm(g.In("x", "f32[2, n, 4]"), g.In("skip", "f32[2, n, 4]"), g.In("w", "f32[4]"))),
        new("f16", static g => g.SkipLayerNorm(g.In("x", "f16[n, 8]"), g.In("skip", "f16[n, 8]"), g.In("w", "f16[8]"), g.In("b", "f16[8]"), 0.5)),
    ];
}
