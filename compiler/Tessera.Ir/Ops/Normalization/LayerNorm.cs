using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Layer normalisation of the last axis (arXiv 1607.06450): <c>(x − mean(x)) / √(var(x) + ε) · weight + bias</c>, the variance biased.</summary>
[Op("layer_norm")]
public sealed partial record LayerNorm(Value X, Value Weight, Value? Bias) : Op
{
    public Real Epsilon { get; init; } = 1e-5;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (!double.IsFinite(Epsilon.Value) || Epsilon.Value < 0)
        {
            throw context.Error("TSR0215", $"epsilon is {Epsilon}; it must be finite and 0 or more.");
        }

        Shape x = context.ShapeOf(X);
        if (x.Rank == 0 || !X.DType.IsFloat())
        {
            throw context.Error("TSR0203", $"x must be float of rank 1 or more; it is {X.Type}.");
        }

        NormOracle.CheckGains(context, X, Weight, Bias);
        return [X.Type];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) =>
        [NormOracle.Layer(context.Tensor(0), context.Tensor(1), context.OptionalTensor(2), Epsilon)];

    public override IReadOnlyList<Batched> Batch(BatchContext context) => RowWise.Batch(context);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple(
        "LayerNormalization",
        17,
        OnnxAttr.Of("epsilon"),
        new OnnxAttr.Fixed("axis", -1L, IsDefault: true),
        new OnnxAttr.Fixed("stash_type", 1L, IsDefault: true));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("rows", static g => [g.LayerNorm(g.In("x", "f32[n, 5]"), g.In("w", "f32[5]"), g.In("b", "f32[5]"))]),
        new("no bias", static g => [g.LayerNorm(g.In("x", "f32[2, n, 4]"), g.In("w", "f32[4]"))]),
        new("epsilon", static g => [g.LayerNorm(g.In("x", "f32[n, 1]"), g.In("w", "f32[1]"), g.In("b", "f32[1]"), epsilon: 0.5)]),
        new("f16", static g => [g.LayerNorm(g.In("x", "f16[n, 4]"), g.In("w", "f16[4]"), g.In("b", "f16[4]"))]),
    ];
}
