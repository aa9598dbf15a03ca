using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Batch normalisation with given statistics (arXiv 1502.03167, inference): <c>(x − mean[c]) / √(variance[c] + ε) · scale[c] + bias[c]</c>
/// for <c>x[N, C, s…]</c>.
/// </summary>
[Op("batch_norm")]
public sealed partial record BatchNorm(Value X, Value Scale, Value Bias, Value Mean, Value Variance) : Op
{
    public Real Epsilon { get; init; } = 1e-5;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        ChannelNorms.Check(context, X, Epsilon, Scale, Bias, Mean, Variance);
        return [X.Type];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        (double[] scale, double[] bias) = (context.Tensor(1).F, context.Tensor(2).F);
        (double[] mean, double[] variance) = (context.Tensor(3).F, context.Tensor(4).F);
        long inner = x.Dims.Skip(2).Aggregate(1L, static (a, b) => a * b);
        double At(int i)
        {
            long c = i / inner % x.Dims[1];
            return ((x.F[i] - mean[c]) / Math.Sqrt(variance[c] + Epsilon) * scale[c]) + bias[c];
        }

        return [RefTensor.Floats(x.DType, x.Dims, [.. Enumerable.Range(0, x.Count).Select(At)])];
    }

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        Value Column(Value vector) => ChannelNorms.Column(builder, vector, X.Rank);
        Value x = Widening.Up(builder, X);
        Value deviation = builder.Sqrt(builder.Add(Column(Variance), builder.Float(x.DType, Epsilon)));
        Value normal = builder.Div(builder.Sub(x, Column(Mean)), deviation);
        return [Widening.To(builder, builder.Add(builder.Mul(normal, Column(Scale)), Column(Bias)), X.DType)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => ChannelNorms.Batch(context, [0, Folding.Shared, Folding.Shared, Folding.Shared, Folding.Shared]);

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("BatchNormalization", 9)
    {
        Attributes = [OnnxAttr.Of("epsilon")],
        When = static op => ((BatchNorm)op).X.DType is DType.F32 or DType.F64,
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("image", "f32", "[n, 2, 3, 2]"),
        Sample("features", "f32", "[n, 2]"),
        Sample("line", "f64", "[n, 2, 3]"),
        Sample("volume", "f32", "[n, 2, 1, 2, 2]"),
        Sample("f16", "f16", "[n, 2, 3, 1]"),
    ];

    private static OpSample Sample(string name, string dtype, string sizes) => new(name, g =>
    [
        g.BatchNorm(
            g.In("x", dtype + sizes), g.In("scale", $"{dtype}[2]"), g.In("bias", $"{dtype}[2]"),
            g.In("mean", $"{dtype}[2]"), g.In("variance", $"{dtype}[2]"), 1e-3),
    ])
    { Range = (0.25, 2) };
}
