using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Root-mean-square normalisation of the last axis (arXiv 1910.07467): <c>x / √(mean(x²) + ε) · weight</c>.</summary>
[Op("rms_norm")]
public sealed partial record RmsNorm(Value X, Value Weight) : Op
{
    public Real Epsilon { get; init; } = 1e-6;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (!double.IsFinite(Epsilon.Value) || Epsilon.Value < 0)
        {
            throw context.Error("TSR0215", $"epsilon is {Epsilon}; it must be finite and 0 or more.");
        }

        if (context.ShapeOf(X).Rank == 0 || !X.DType.IsFloat())
        {
            throw context.Error("TSR0203", $"x must be float of rank 1 or more; it is {X.Type}.");
        }

        NormOracle.CheckGains(context, X, Weight);
        return [X.Type];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) => [NormOracle.Rms(context.Tensor(0), context.Tensor(1), Epsilon)];

    public override IReadOnlyList<Batched> Batch(BatchContext context) => RowWise.Batch(context);

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        (Value x, Value weight) = (Widening.Up(builder, X), Widening.Up(builder, Weight));
        Value mean = builder.ReduceMean(builder.Mul(x, x), [-1], keepDims: true);
        Value scale = builder.Sqrt(builder.Add(mean, builder.Float(x.DType, Epsilon)));
        return [Widening.To(builder, builder.Mul(builder.Div(x, scale), weight), X.DType)];
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple(
        "RMSNormalization", 23, new OnnxAttr.Direct("epsilon", "epsilon", new Real(1e-5)), new OnnxAttr.Fixed("axis", -1L, IsDefault: true));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("rows", static g => [g.RmsNorm(g.In("x", "f32[n, 5]"), g.In("w", "f32[5]"))]),
        new("epsilon", static g => [g.RmsNorm(g.In("x", "f32[2, n, 1]"), g.In("w", "f32[1]"), epsilon: 0.5)]),
        new("f16", static g => [g.RmsNorm(g.In("x", "f16[n, 4]"), g.In("w", "f16[4]"))]),
    ];
}
